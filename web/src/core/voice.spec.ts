import { expect, test } from "vitest";

import { bars, voiceContent, voiceOf } from "./voice";

test("bars are as loud as the loudest sample in them", () => {
  expect(bars([0, 1, 0.5, 0.2], 2)).toEqual([1, 0.5]);
  expect(bars([0.3], 3)).toEqual([0.3, 0.3, 0.3]);
  expect(bars([])).toEqual([]);
});

test("a recording is told to others and read again", () => {
  const content = voiceContent({ sound: new Blob(), durationMs: 1500.4, levels: [0.25, 0.5] });
  const voice = voiceOf(content);
  expect(voice?.durationMs).toBe(1500);
  expect(voice?.levels).toHaveLength(60);
  expect(voice?.levels[0]).toBe(0.5);
  expect(voice?.levels.at(-1)).toBe(1);
});

test("nonsense of others does no harm", () => {
  expect(voiceOf({})).toBeUndefined();
  const wild = { duration: "lang", waveform: [-5, "x", 9999] };
  const content = { "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": wild };
  expect(voiceOf(content)).toEqual({ durationMs: 0, levels: [0, 1] });
});
