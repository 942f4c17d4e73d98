import { expect, test } from "vitest";

import { formatted } from "./markdown";

test("text without formatting is sent as it is", () => {
  for (const plain of ["Hallo", "1 < 2 & 3 > 2", "Sie sagt \"ja\", er 'nein'", "eins\nzwei"]) {
    expect(formatted(plain), plain).toBeUndefined();
  }
});

test("markdown becomes the formatting that Matrix knows", () => {
  expect(formatted("**fett** und `code`")).toBe("<strong>fett</strong> und <code>code</code>");
  expect(formatted("- eins\n- zwei")).toContain("<li>zwei</li>");
  expect(formatted("~~weg~~")).toBe("<del>weg</del>");
});

test("typed HTML means its characters, and no picture is fetched from elsewhere", () => {
  expect(formatted("**x** <img src=x>")).toBe("<strong>x</strong> &lt;img src=x&gt;");
  expect(formatted("**x** ![bild](https://spy.example/x.png)")).not.toContain("<img");
});
