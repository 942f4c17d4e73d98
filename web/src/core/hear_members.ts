import {
  ClientEvent,
  RoomEvent,
  RoomMemberEvent,
  type MatrixClient,
  type Room,
  type RoomState,
} from "matrix-js-sdk";

const HEARD = [
  RoomMemberEvent.Name,
  RoomMemberEvent.Typing,
  RoomMemberEvent.PowerLevel,
  RoomMemberEvent.Membership,
];

/**
 * Lets the client hear of members also after a gap in their room: that they type, take another name, come or go.
 *
 * After a gap the SDK goes on with a copy of the room's state, to whose members nobody listens.
 */
export function hearMembers(client: MatrixClient): void {
  client.on(ClientEvent.Room, (room: Room) => {
    room.on(RoomEvent.CurrentStateUpdated, (_: Room, __: RoomState, state: RoomState) => {
      // Nobody is heard twice: the SDK knows whom it hears.
      for (const member of state.getMembers()) client.reEmitter.reEmit(member, HEARD);
    });
  });
}
