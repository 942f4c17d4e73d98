import { RoomStateEvent, type MatrixClient, type Room } from "matrix-js-sdk";

/** Waits until what is sent into an encrypted room would be encrypted. Right after a room was made, the
    SDK does not know yet and would send plain text. */
export async function whenEncrypted(client: MatrixClient, room: Room): Promise<void> {
  const crypto = client.getCrypto();
  if (!crypto || !room.hasEncryptionStateEvent()) return;
  while (!(await crypto.isEncryptionEnabledInRoom(room.roomId))) {
    await new Promise<void>((resolve) => room.once(RoomStateEvent.Events, () => resolve()));
  }
}
