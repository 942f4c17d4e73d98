import type { MatrixClient, Room } from "matrix-js-sdk";

const LOOK_AGAIN_MS = 50;

/** Waits until what is sent into an encrypted room would be encrypted. Right after a room was made, the
    SDK does not know yet and would send plain text. */
export async function whenEncrypted(client: MatrixClient, room: Room): Promise<void> {
  const crypto = client.getCrypto();
  if (!crypto || !room.hasEncryptionStateEvent()) return;
  while (!(await crypto.isEncryptionEnabledInRoom(room.roomId))) {
    // The SDK takes the event in after it has told of it: there may be no further one to wait for.
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
