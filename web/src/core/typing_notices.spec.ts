import { beforeEach, describe, expect, it } from "vitest";

import { TypingNotices } from "./typing_notices";

describe("typing notices", () => {
  let told: boolean[];
  let nowMs: number;
  let notices: TypingNotices;

  beforeEach(() => {
    told = [];
    nowMs = 5;
    notices = new TypingNotices(
      (isTyping) => told.push(isTyping),
      () => nowMs,
    );
  });

  it("are told once while she types, and again before they are forgotten", () => {
    for (nowMs of [5, 1_000, 9_000]) notices.set(true);
    expect(told).toEqual([true]);
    nowMs = 10_005;
    notices.set(true);
    expect(told).toEqual([true, true]);
  });

  it("end when she sends, however long ago the last one was told", () => {
    notices.set(true);
    nowMs = 15_000;
    notices.set(false);
    notices.set(false);
    expect(told).toEqual([true, false]);
  });

  it("begin anew with the next message: what was told of the last one does not count", () => {
    notices.set(true);
    nowMs = 6_000;
    notices.set(false);
    nowMs = 7_000;
    notices.set(true);
    // Ten seconds after the first notice, and five after the one that counts.
    nowMs = 12_000;
    notices.set(true);
    expect(told).toEqual([true, false, true]);
  });

  it("need no end when the server has forgotten her", () => {
    notices.set(true);
    nowMs = 60_000;
    notices.set(false);
    expect(told).toEqual([true]);
  });
});
