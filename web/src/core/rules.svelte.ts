import type { MatrixClient } from "matrix-js-sdk";

import { isRoomClass, type RoomClass } from "./room_class";
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
  settings: Record<string, { value?: unknown }>;
}

/** What the organisation has decided, as far as the pages ask. Until it has arrived, the strictest. */
export class Rules {
  classes = $state.raw<ClassOffer[]>([]);
  /** The class of a room if nobody chooses. */
  usualClass = $state<RoomClass>("intern");
  /** Shortest name that the directory of people looks for, in characters. */
  shortestSearch = $state(2);
  /** Whether others are shown what she has read. */
  hasReceipts = $state(false);
  /** Whether others are shown that she types. */
  hasTyping = $state(false);
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
    this.hasReceipts = settings["read_receipts"]?.value === true;
    this.hasTyping = settings["typing_notices"]?.value === true;
  }

  /** What follows from a class. */
  of(name: RoomClass | undefined): ClassOffer | undefined {
    return this.classes.find((offer) => offer.name === name);
  }
}
