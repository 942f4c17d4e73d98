/** Which room is open, and at which message: it stands in the address, so that back, reload and bookmarks work. */

const PREFIX = "#/room/";

interface Spot {
  roomId: string | undefined;
  /** The message to show. */
  eventId: string | undefined;
}

function read(): Spot {
  const { hash } = location;
  if (!hash.startsWith(PREFIX)) return { roomId: undefined, eventId: undefined };
  const [roomId, eventId] = hash.slice(PREFIX.length).split("/").map(decodeURIComponent);
  return { roomId, eventId };
}

class Place {
  roomId = $state(read().roomId);
  eventId = $state(read().eventId);
  /** Changes when she comes to where she is already. */
  arrivals = $state(0);

  constructor() {
    addEventListener("hashchange", () => {
      const { roomId, eventId } = read();
      this.roomId = roomId;
      this.eventId = eventId;
    });
  }

  /** Opens a room, at a message if one is given. */
  open(roomId: string, eventId?: string): void {
    this.again(roomId, eventId);
    location.hash = addressOf(roomId, eventId);
  }

  /** She goes there once more, which changes nothing in the address. */
  again(roomId: string, eventId?: string): void {
    if (location.hash === addressOf(roomId, eventId)) this.arrivals += 1;
  }

  /** Back to the list. */
  leave(): void {
    location.hash = "#/";
  }
}

/** Where she is. */
export const place = new Place();

/** The address of a room, or of a message in it. */
export function addressOf(roomId: string, eventId?: string): string {
  const message = eventId === undefined ? "" : `/${encodeURIComponent(eventId)}`;
  return PREFIX + encodeURIComponent(roomId) + message;
}
