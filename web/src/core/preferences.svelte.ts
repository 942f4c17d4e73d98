import { ClientEvent, type MatrixClient } from "matrix-js-sdk";

/** What she has chosen for herself; her devices share it. */
interface Shared {
  /** Whether the quiet hours below are kept. */
  quiet: boolean;
  /** `HH:MM`, local time. */
  quietFrom: string;
  quietTo: string;
  /** Whether nothing is shown on Saturdays and Sundays. */
  quietWeekend: boolean;
}

const TYPE = "app.kontor.preferences";
const USUAL: Shared = {
  quiet: false,
  quietFrom: "18:00",
  quietTo: "08:00",
  quietWeekend: false,
};

/** Her preferences. They can only be tighter than what the organisation allows. */
export class Preferences {
  #shared = $state.raw<Shared>(USUAL);
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
    client.on(ClientEvent.AccountData, (event) => {
      if (event.getType() === TYPE) this.#read();
    });
    this.#read();
  }

  /** What she has chosen. */
  get now(): Readonly<Shared> {
    return this.#shared;
  }

  /** Chooses. */
  async change(wanted: Partial<Shared>): Promise<void> {
    const before = this.#shared;
    this.#shared = { ...before, ...wanted };
    try {
      await this.#client.setAccountData(TYPE as never, this.#shared as never);
    } catch (error) {
      this.#shared = before;
      throw error;
    }
  }

  /** Reads what another device, or this one, has set. */
  #read(): void {
    const content = this.#client.getAccountData(TYPE as never)?.getContent() ?? {};
    const known = Object.entries(USUAL).map(([key, usual]) => {
      const value: unknown = content[key];
      return [key, typeof value === typeof usual ? value : usual];
    });
    this.#shared = Object.fromEntries(known) as Shared;
  }
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
