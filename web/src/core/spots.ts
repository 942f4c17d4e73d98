/** A room, or a message in it, that an address leads to. */
export interface Spot {
  roomId: string;
  eventId: string | undefined;
}

/** Addresses of rooms by their ids (spec: "matrix.to navigation", "Matrix URI scheme"). */
const WAYS = [
  /^https:\/\/matrix\.to\/#\/((?:!|%21)[^/?#]+)(?:\/((?:\$|%24)[^?#]+))?(?:\?.*)?$/i,
  /^matrix:roomid\/([^/?#]+)(?:\/e\/([^/?#]+))?(?:\?.*)?$/i,
];

/** Where an address leads to, if it is a place in the chat. `origin` is that of this client, whose own
    addresses are known too. */
export function spotOf(href: string, origin: string): Spot | undefined {
  const own = `${origin}/#/room/`;
  if (href.startsWith(own)) {
    const [roomId, eventId] = href.slice(own.length).split("/");
    return spot(roomId, eventId);
  }
  for (const way of WAYS) {
    const found = way.exec(href);
    if (found) return spot(found[1], found[2]);
  }
  return undefined;
}

function spot(room: string | undefined, event: string | undefined): Spot | undefined {
  try {
    const roomId = signed("!", decodeURIComponent(room ?? ""));
    const eventId = event ? signed("$", decodeURIComponent(event)) : undefined;
    return roomId === "!" ? undefined : { roomId, eventId };
  } catch {
    return undefined;
  }
}

/** `matrix:` leaves the sign of an id out. */
const signed = (sign: string, id: string): string => (id.startsWith(sign) ? id : sign + id);
