/** What she has chosen for herself; her devices share it. */
export interface Shared {
  /** Whether the quiet hours below are kept. */
  quiet: boolean;
  /** `HH:MM`, local time. */
  quietFrom: string;
  quietTo: string;
  /** Whether nothing is shown on Saturdays and Sundays. */
  quietWeekend: boolean;
}

/** Type of the account data that holds it. */
export const PREFERENCES = "app.kontor.preferences";

const USUAL: Shared = {
  quiet: false,
  quietFrom: "18:00",
  quietTo: "08:00",
  quietWeekend: false,
};

/** What a device has set; where that makes no sense, the usual. */
export function readPreferences(content: Record<string, unknown>): Shared {
  const known = Object.entries(USUAL).map(([key, usual]) => {
    const value: unknown = content[key];
    return [key, typeof value === typeof usual ? value : usual];
  });
  return Object.fromEntries(known) as Shared;
}

/** Whether a time lies in the quiet hours, which may go over midnight. */
export function isQuiet(
  { quiet, quietFrom, quietTo, quietWeekend }: Readonly<Shared>,
  now: Date,
): boolean {
  if (!quiet) return false;
  if (quietWeekend && (now.getDay() === 0 || now.getDay() === 6)) return true;
  const minutes = (clock: string): number => {
    const [hours = 0, rest = 0] = clock.split(":").map(Number);
    return hours * 60 + rest;
  };
  const [from, to, at] = [
    minutes(quietFrom),
    minutes(quietTo),
    now.getHours() * 60 + now.getMinutes(),
  ];
  return from <= to ? at >= from && at < to : at >= from || at < to;
}
