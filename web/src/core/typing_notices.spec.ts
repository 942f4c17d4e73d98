import { beforeEach, describe, expect, it } from "vitest";

import { TypingNotices } from "./typing_notices";

describe("typing notices", () => {
  let told: boolean[];
  let nowMs: number;
  let notices: TypingNotices;

  beforeEach(() => {
    told = [];
    nowMs = 0;
    notices = new TypingNotices(
      (isTyping) => Promise.resolve(told.push(isTyping)),
      () => nowMs,
    );
  });

  /** She types, or stops, at a time; what is told because of it has arrived afterwards. */
  async function at(ms: number, isTyping: boolean): Promise<void> {
    nowMs = ms;
    notices.set(isTyping);
    await arrived();
  }

  /** All that waits for promises has been done. */
  function arrived(): Promise<void> {
    return new Promise((done) => setTimeout(done));
  }

  it("are told once while she types, and again before they are forgotten", async () => {
    for (const ms of [5, 1_000, 9_000]) await at(ms, true);
    expect(told).toEqual([true]);
    await at(10_005, true);
    expect(told).toEqual([true, true]);
  });

  it("end when she sends, however long ago the last one was told", async () => {
    await at(5, true);
    await at(15_000, false);
    await at(15_000, false);
    expect(told).toEqual([true, false]);
  });

  it("begin anew with the next message: what was told of the last one does not count", async () => {
    await at(5, true);
    await at(6_000, false);
    await at(7_000, true);
    // Ten seconds after the first notice, and five after the one that counts.
    await at(12_000, true);
    expect(told).toEqual([true, false, true]);
  });

  it("need no end when the server has forgotten her", async () => {
    await at(5, true);
    await at(60_000, false);
    expect(told).toEqual([true]);
  });

  it("never overtake each other: what is no longer true when its turn comes is not told", async () => {
    let arrive = (): void => undefined;
    notices = new TypingNotices(async (isTyping) => {
      told.push(isTyping);
      if (told.length === 1) await new Promise<void>((done) => (arrive = done));
    });
    notices.set(true);
    await arrived();
    for (const isTyping of [false, true, false]) notices.set(isTyping);
    await arrived();
    expect(told).toEqual([true]);
    arrive();
    await arrived();
    expect(told).toEqual([true, false]);
  });

  it("go on after one that did not arrive", async () => {
    notices = new TypingNotices((isTyping) => {
      told.push(isTyping);
      return Promise.reject(new Error("no connection"));
    });
    await at(5, true);
    await at(6_000, false);
    expect(told).toEqual([true, false]);
  });
});
