import type { RoomSummary } from "../core/rooms.svelte";
import { t } from "../text/texts";

/** The second line of a room in the list. */
export function previewText(room: RoomSummary): string {
  if (room.isInvitation) return room.invitedBy ? t.invitedYou(room.invitedBy) : "";
  if (room.isAsking) return t.waitingForAnswer;
  const { preview } = room;
  if (!preview) return t.noMessages;
  const words = {
    text: preview.text,
    image: t.picture,
    video: t.video,
    audio: t.audio,
    voice: t.voiceMessage,
    poll: `${t.poll}: ${preview.text}`,
    file: `${t.file}: ${preview.text}`,
    deleted: t.deleted,
    unreadable: t.unreadableShort,
  }[preview.kind];
  if (preview.isMine) return `${t.you}: ${words}`;
  return room.directWith || !preview.sender ? words : `${preview.sender}: ${words}`;
}
