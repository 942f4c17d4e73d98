import {
  ClientEvent,
  createClient,
  MatrixEvent,
  Room,
  RoomMemberEvent,
  RoomStateEvent,
} from "matrix-js-sdk";
import { expect, test } from "vitest";

import { hearMembers } from "./hear_members";

const ROOM = "!raum:firma.example";
const ANNA = "@anna:firma.example";
const BEN = "@ben:firma.example";

function joined(user: string, name: string): MatrixEvent {
  const content = { membership: "join", displayname: name };
  const event_id = `$${user}-${name}`;
  return new MatrixEvent({
    event_id,
    room_id: ROOM,
    type: "m.room.member",
    state_key: user,
    sender: user,
    content,
  });
}

test("who types or takes another name is heard also after two gaps, and once", () => {
  const client = createClient({
    baseUrl: "https://firma.example",
    userId: BEN,
    timelineSupport: true,
  });
  hearMembers(client);
  const room = new Room(ROOM, client, BEN, { timelineSupport: true });
  room.on(RoomStateEvent.NewMember, (_, __, member) =>
    client.reEmitter.reEmit(member, [RoomMemberEvent.Name, RoomMemberEvent.Typing]),
  );
  client.emit(ClientEvent.Room, room);
  room.currentState.setStateEvents([joined(ANNA, "Anna"), joined(BEN, "Ben")]);
  const heard: string[] = [];
  client.on(RoomMemberEvent.Typing, (_, { name, typing }) => heard.push(`${name} ${typing}`));
  client.on(RoomMemberEvent.Name, (_, { name }, before) => heard.push(`${before} → ${name}`));
  const type = (users: string[]): void =>
    room.addEphemeralEvents([
      new MatrixEvent({ type: "m.typing", room_id: ROOM, content: { user_ids: users } }),
    ]);

  type([ANNA]);
  for (const gap of ["eins", "zwei"]) {
    type([]);
    room.resetLiveTimeline(`vor-${gap}`, `nach-${gap}`);
    type([ANNA]);
  }
  room.currentState.setStateEvents([joined(ANNA, "Anna Berger")]);
  expect(heard).toEqual([
    "Anna true",
    "Anna false",
    "Anna true",
    "Anna false",
    "Anna true",
    "Anna → Anna Berger",
  ]);
});
