import { expect, test } from "vitest";

import { linked, richText } from "./rich_text";

test("formatting stays, everything that could act is dropped", () => {
  expect(richText("<p>Ein <b>Wort</b><script>alert(1)</script></p>")).toEqual([
    { tag: "p", children: ["Ein ", { tag: "strong", children: ["Wort"] }] },
  ]);
  expect(richText('<img src="https://spy.example/x.png" onerror="alert(1)">nur Text')).toEqual([
    "nur Text",
  ]);
  expect(richText('<div style="position:fixed" onclick="x()">drin</div>')).toEqual(["drin"]);
});

test("only links that lead somewhere harmless are links", () => {
  const [good] = richText('<a href="https://kontor.example/x" onclick="x()">hier</a>');
  expect(good).toEqual({ tag: "a", href: "https://kontor.example/x", children: ["hier"] });
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "/account/", " javascript:x"]) {
    expect(richText(`<a href="${bad}">hier</a>`), bad).toEqual(["hier"]);
  }
});

test("quotations of older programs are not shown twice", () => {
  expect(richText("<mx-reply><blockquote>alt</blockquote></mx-reply>neu")).toEqual(["neu"]);
});

test("endlessly nested text is cut, not fatal", () => {
  const deep = "<b>".repeat(500) + "tief" + "</b>".repeat(500);
  expect(JSON.stringify(richText(deep))).toContain("tief");
});

test("addresses in plain text become links", () => {
  expect(linked("Siehe https://kontor.example/a?b=1, danke.")).toEqual([
    "Siehe ",
    {
      tag: "a",
      href: "https://kontor.example/a?b=1",
      children: ["https://kontor.example/a?b=1"],
    },
    ", danke.",
  ]);
  expect(linked("nichts")).toEqual(["nichts"]);
});
