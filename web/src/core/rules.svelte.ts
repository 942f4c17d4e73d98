import type { MatrixClient } from "matrix-js-sdk";

import type { RoomKind } from "./people";
import { isRoomClass, SPACE_CLASS, type RoomClass } from "./room_class";
import { askKontor } from "./server_api";

/** A class as it is offered to her. */
export interface ClassOffer {
  name: RoomClass;
  mayCreate: boolean;
  /** Whether guests and people of other servers may be in it. */
  forOutsiders: boolean;
  /** How long messages are kept, in milliseconds. */
  retentionMs: number;
  /** Whether it may stand in the directory. */
  mayBeOpen: boolean;
}

interface ClassesAnswer {
  classes: {
    class: string;
    creatable: boolean;
    audience: string;
    retention_ms: number;
    open: boolean;
  }[];
  default: string;
}

interface PolicyAnswer {
  settings: Record<string, { value?: unknown; effective?: unknown }>;
}

/** What others can be shown of her, by the name of the setting. */
export type SignalName = "read_receipts" | "typing_notices";

/** Whether something of her is shown to others; the server sees to it. law: R-061 */
export interface Signal {
  /** Whether the organisation allows it. */
  isAllowed: boolean;
  /** Whether it is shown: she may keep it to herself. */
  isShown: boolean;
}

/** What the organisation has decided, as far as the pages ask. Until it has arrived, the strictest. */
export class Rules {
  classes = $state.raw<ClassOffer[]>([]);
  /** The class of a room if nobody chooses. */
  usualClass = $state<RoomClass>("intern");
  /** Shortest name that the directory of people looks for, in characters. */
  shortestSearch = $state(2);
  /** Until the rules have arrived, signals go to the server, which keeps them if need be. */
  signals = $state.raw<Record<SignalName, Signal>>({
    read_receipts: { isAllowed: false, isShown: true },
    typing_notices: { isAllowed: false, isShown: true },
  });
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** Asks the server. A server that is not Kontor has no rules of this kind. */
  async load(): Promise<void> {
    const classes = await askKontor<ClassesAnswer>(this.#client, "GET", "/room_classes");
    this.classes = classes.classes.flatMap((offer) =>
      isRoomClass(offer.class)
        ? [
            {
              name: offer.class,
              mayCreate: offer.creatable,
              forOutsiders: offer.audience === "outsiders",
              retentionMs: offer.retention_ms,
              mayBeOpen: offer.open,
            },
          ]
        : [],
    );
    if (isRoomClass(classes.default)) this.usualClass = classes.default;
    const { settings } = await askKontor<PolicyAnswer>(this.#client, "GET", "/policy");
    const shortest = settings["directory_min_characters"]?.value;
    if (typeof shortest === "number") this.shortestSearch = Math.max(shortest, 1);
    const signal = (name: SignalName): Signal => ({
      isAllowed: settings[name]?.value === true,
      isShown: settings[name]?.effective === true,
    });
    this.signals = {
      read_receipts: signal("read_receipts"),
      typing_notices: signal("typing_notices"),
    };
  }

  /** Shows something of her to others, or keeps it to herself: on all her devices, also those with other
      programs. Throws if the server refuses. */
  async show(name: SignalName, isShown: boolean): Promise<void> {
    await askKontor(this.#client, "PUT", `/policy/own/${name}`, { value: isShown });
    this.signals = { ...this.signals, [name]: { ...this.signals[name], isShown } };
  }

  /** Whether she may make something of this kind. Guests, say, may set up no space: everybody in it is of the
      organisation. */
  mayMake(kind: RoomKind): boolean {
    const offers = this.classes.filter((offer) => offer.mayCreate);
    if (this.classes.length === 0) return true;
    return kind === "space" ? offers.some(({ name }) => name === SPACE_CLASS) : offers.length > 0;
  }

  /** What follows from a class. */
  of(name: RoomClass | undefined): ClassOffer | undefined {
    return this.classes.find((offer) => offer.name === name);
  }
}
