import type { RoomClass } from "../core/room_class";
import type { IconName } from "../parts/Icon.svelte";
import { t } from "../text/texts";
import { duration } from "../text/times";

/** The sign that stands before the word of a class. */
export const CLASS_ICONS: Record<RoomClass, IconName> = {
  intern: "building",
  extern: "globe",
  handelsbrief: "letter",
  beaufsichtigt: "eye",
  privat: "lock",
  vertraulich: "shield",
  fluechtig: "clock",
  bekanntmachung: "megaphone",
};

/** How long messages are kept, in words. */
export function retentionText(roomClass: RoomClass | undefined, ms: number): string {
  return roomClass === "fluechtig" ? t.keptUntilRead(duration(ms)) : t.keptFor(duration(ms));
}
