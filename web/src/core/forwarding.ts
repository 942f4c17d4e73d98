import type { Content } from "./content";
import type { RoomClass } from "./room_class";

/**
 * What a message may do on its way into another room (law: R-079).
 *
 * - `free`: it is forwarded.
 * - `reason`: she says why, and the reason goes along.
 * - `blocked`: only a link to the original goes.
 */
export type Passage = "free" | "reason" | "blocked";

/** How narrow the circle of a class is. A room without a class counts as one with outsiders. */
const NARROWNESS: Record<RoomClass, number> = {
  bekanntmachung: 0,
  extern: 1,
  handelsbrief: 1,
  beaufsichtigt: 1,
  intern: 2,
  privat: 3,
  fluechtig: 3,
  vertraulich: 4,
};

/** What was said under a promise that the other room does not make. */
const KEPT: RoomClass[] = ["privat", "fluechtig"];

/** Whether a message may go from a room of one class into one of another. */
export function passage(from: RoomClass | undefined, to: RoomClass | undefined): Passage {
  const [source, target] = [from ?? "extern", to ?? "extern"];
  if (source === "vertraulich") return "blocked";
  if (KEPT.includes(source)) return source === target ? "reason" : "blocked";
  const isWatched = target === "beaufsichtigt" && source !== target;
  return isWatched || NARROWNESS[target] < NARROWNESS[source] ? "reason" : "free";
}

/** Where the reason stands in a forwarded message. */
const FORWARDED = "app.kontor.forwarded";

/** What a message refers to and whom it names; an urgent one is urgent where it was sent. */
const NOT_CARRIED = ["m.relates_to", "m.mentions", "m.new_content", "app.kontor.urgent"];

/** Where the file of a message is, and what it is. */
const OF_FILE = ["file", "url", "info"];

/** The content of a forwarded message: what it says, and why it is forwarded. */
export function forwardedContent(original: Content, reason: string | undefined): Content {
  const said = Object.entries(original).filter(([name]) => !NOT_CARRIED.includes(name));
  return { ...Object.fromEntries(said), "m.mentions": {}, [FORWARDED]: reason ? { reason } : {} };
}

/** What a forwarded message says besides its file, which is uploaded once more: each message has files of its
    own, that live and die with it. */
export function besidesFile(forwarded: Content): Content {
  const said = Object.entries(forwarded).filter(([name]) => !OF_FILE.includes(name));
  return Object.fromEntries(said);
}

/** Why a message was forwarded, empty without a reason; `undefined` if it was not forwarded. */
export function forwardedBecause(content: Content): string | undefined {
  const about = content[FORWARDED] as Content | undefined;
  if (typeof about !== "object" || about === null) return undefined;
  return typeof about["reason"] === "string" ? about["reason"] : "";
}
