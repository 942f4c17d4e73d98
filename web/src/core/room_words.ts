import { EventType, type Room } from "matrix-js-sdk";

/** What the server was told that a room is about. */
export function topicOf(room: Room): string {
  const event = room.currentState.getStateEvents(EventType.RoomTopic, "");
  const topic: unknown = event?.getContent().topic;
  return typeof topic === "string" ? topic : "";
}
