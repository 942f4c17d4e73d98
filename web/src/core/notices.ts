import { MatrixEventEvent, RoomEvent, type MatrixClient, type MatrixEvent } from "matrix-js-sdk";

import { localpart } from "./names";
import type { Preferences } from "./preferences.svelte";

/** A message that she is told of while she looks elsewhere. */
export interface Notice {
  roomId: string;
  eventId: string;
  roomName: string;
  sender: string;
}

/** A message that has waited longer than this for its key is no news. */
const NEWS_MS = 60_000;

/** Calls `tell` for messages that her push rules want her to be told of, outside her quiet hours. What is
    told holds no words of the message: it may lie on a lock screen. */
export function watchForNotices(
  client: MatrixClient,
  preferences: Preferences,
  tell: (notice: Notice) => void,
): void {
  const told = new Set<string>();
  const look = (event: MatrixEvent): void => {
    const room = client.getRoom(event.getRoomId());
    const id = event.getId();
    const isOld = Date.now() - event.getTs() > NEWS_MS;
    if (!room || !id || told.has(id) || isOld || event.isState()) return;
    if (event.getSender() === client.getUserId() || preferences.isQuietNow()) return;
    if (event.isBeingDecrypted() || event.shouldAttemptDecryption()) return;
    if (!client.getPushActionsForEvent(event)?.notify) return;
    told.add(id);
    const sender = event.getSender() ?? "";
    tell({
      roomId: room.roomId,
      eventId: id,
      roomName: room.name,
      sender: room.getMember(sender)?.name ?? localpart(sender),
    });
  };
  client.on(RoomEvent.Timeline, (event, _, toStart, removed, data) => {
    if (data.liveEvent && !toStart && !removed) look(event);
  });
  client.on(MatrixEventEvent.Decrypted, look);
}
