/** Which room is open: it stands in the address, so that back, reload and bookmarks work. */

const PREFIX = "#/room/";

function read(): string | undefined {
  const { hash } = location;
  return hash.startsWith(PREFIX) ? decodeURIComponent(hash.slice(PREFIX.length)) : undefined;
}

class Place {
  roomId = $state(read());

  constructor() {
    addEventListener("hashchange", () => (this.roomId = read()));
  }

  /** Opens a room. */
  open(roomId: string): void {
    location.hash = PREFIX + encodeURIComponent(roomId);
  }

  /** Back to the list. */
  leave(): void {
    location.hash = "#/";
  }
}

/** Where she is. */
export const place = new Place();

/** The address of a room. */
export function addressOf(roomId: string): string {
  return PREFIX + encodeURIComponent(roomId);
}
