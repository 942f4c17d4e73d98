import { language } from "../shell/language";
import { t } from "./texts";

const locale = language === "de" ? "de-DE" : "en-GB";
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const shortDate = new Intl.DateTimeFormat(locale, {
  day: "2-digit",
  month: "2-digit",
  year: "2-digit",
});
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const longDate = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "long",
  year: "numeric",
});
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Neither tells of less than a minute, and rows beside each other are often of the same one. */
function eachMinute(format: Intl.DateTimeFormat): (ms: number) => string {
  let known = { minute: NaN, text: "" };
  return (ms) => {
    const minute = Math.floor(ms / MINUTE_MS);
    if (minute !== known.minute) known = { minute, text: format.format(ms) };
    return known.text;
  };
}

/** Whole days between two times, by the calendar. */
export function daysBetween(ms: number, nowMs: number): number {
  const start = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((start(nowMs) - start(ms)) / DAY_MS);
}

/** `14:05` */
export const time = eachMinute(clock);

/** `Montag, 23. November 2026 um 14:05` */
export const exactly = eachMinute(moment);

/** The heading of a day. */
export function day(ms: number, nowMs: number): string {
  const days = daysBetween(ms, nowMs);
  if (days === 0) return t.today;
  if (days === 1) return t.yesterday;
  const isThisYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return (isThisYear ? longDay : longDate).format(ms);
}

/** As short as a list wants it. */
export function briefly(ms: number, nowMs: number): string {
  const days = daysBetween(ms, nowMs);
  if (days <= 0) return time(ms);
  if (days === 1) return t.yesterday;
  return days < 7 ? weekday.format(ms) : shortDate.format(ms);
}

/** `Anna, Ben und Clara` */
export function list(words: string[]): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(words);
}

/** `1,4 MB` */
export function size(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[unit],
    unitDisplay: "short",
    maximumFractionDigits: digits,
  }).format(value);
}

/** `1:05`, of a recording. */
export function stopwatch(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const HOUR_MS = 3_600_000;

/** `180 Tage`, `24 Stunden` */
export function duration(ms: number): string {
  const isDays = ms > DAY_MS;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: isDays ? "day" : "hour",
    unitDisplay: "long",
    maximumFractionDigits: 0,
  }).format(ms / (isDays ? DAY_MS : HOUR_MS));
}

/** `23. November 2026` */
export function date(ms: number): string {
  return longDate.format(ms);
}
