import { expect, test } from "vitest";

import { spotOf } from "./spots";

const ORIGIN = "https://chat.firma.example";
const room = "!abc:firma.example";
const event = "$Ev-ent_1";

test.each([
  [`${ORIGIN}/#/room/${encodeURIComponent(room)}`, room, undefined],
  [`${ORIGIN}/#/room/${encodeURIComponent(room)}/${encodeURIComponent(event)}`, room, event],
  [`https://matrix.to/#/${room}/${event}?via=firma.example`, room, event],
  [`https://matrix.to/#/%21abc%3Afirma.example?via=firma.example`, room, undefined],
  ["matrix:roomid/abc:firma.example/e/Ev-ent_1?via=firma.example", room, event],
  // Rooms of version 12 have ids without a server.
  ["https://matrix.to/#/!GEheimnis", "!GEheimnis", undefined],
])("%s leads to a place in the chat", (href, roomId, eventId) => {
  expect(spotOf(href, ORIGIN)).toEqual({ roomId, eventId });
});

test.each([
  "https://kontor.example/",
  "https://evil.example/#/room/!abc",
  `https://chat.firma.example.evil.example/#/room/${room}`,
  "https://matrix.to/#/@anna:firma.example",
  "https://matrix.to/#/#alle:firma.example",
  "matrix:u/anna:firma.example",
  `${ORIGIN}/account/`,
  `${ORIGIN}/#/room/`,
  `${ORIGIN}/#/room/%E0%A4%A`,
])("%s leads elsewhere", (href) => {
  expect(spotOf(href, ORIGIN)).toBeUndefined();
});
