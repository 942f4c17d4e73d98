import { expect, test } from "vitest";

import { isQuiet } from "./quiet";

const evening = {
  quiet: true,
  quietFrom: "18:30",
  quietTo: "08:00",
  quietWeekend: true,
};

test.each([
  ["2026-11-24T18:29", false],
  ["2026-11-24T18:30", true],
  ["2026-11-25T03:00", true],
  ["2026-11-25T08:00", false],
  ["2026-11-25T12:00", false],
  ["2026-11-28T12:00", true],
])("quiet hours over midnight: %s is quiet: %s", (at, expected) => {
  expect(isQuiet(evening, new Date(at))).toBe(expected);
});

test("quiet hours within a day, and none", () => {
  const noon = { ...evening, quietFrom: "12:00", quietTo: "13:00", quietWeekend: false };
  expect(isQuiet(noon, new Date("2026-11-28T12:30"))).toBe(true);
  expect(isQuiet(noon, new Date("2026-11-28T13:00"))).toBe(false);
  expect(isQuiet({ ...noon, quiet: false }, new Date("2026-11-28T12:30"))).toBe(false);
});
