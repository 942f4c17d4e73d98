import {
  MatrixEventEvent,
  PollEvent,
  RoomEvent,
  RoomMemberEvent,
  ThreadEvent,
  type MatrixClient,
  type MatrixEvent,
  type Poll,
  type Room,
  type RoomMember,
} from "matrix-js-sdk";

/** What a view of a room wants to hear. */
export interface Listeners {
  /** A message, or what is shown about it, has changed. */
  changed: () => void;
  /** The server has left out a part of the timeline. */
  reset: () => void;
  /** Somebody began or stopped to type. */
  typing: () => void;
}

/** Calls back when something happens in a room, until the answer is called. */
export function listenTo(client: MatrixClient, room: Room, listeners: Listeners): () => void {
  const { changed, reset, typing } = listeners;
  const ofRoom = (_: unknown, other?: Room): void => {
    if (other?.roomId === room.roomId) changed();
  };
  const wasReset = (other?: Room): void => {
    if (other?.roomId === room.roomId) reset();
  };
  const ofEvent = (event: MatrixEvent): void => {
    if (event.getRoomId() === room.roomId) changed();
  };
  const ofMember = (_: MatrixEvent, member: RoomMember): void => {
    if (member.roomId === room.roomId) typing();
  };
  const ofPoll = (poll: Poll): void => {
    poll.on(PollEvent.Responses, changed);
    poll.on(PollEvent.End, changed);
    changed();
  };
  const ofEvents = [RoomEvent.Timeline, RoomEvent.LocalEchoUpdated, RoomEvent.Redaction] as const;
  const ofThreads = [ThreadEvent.New, ThreadEvent.Update, ThreadEvent.NewReply] as const;
  for (const name of ofEvents) client.on(name, ofRoom);
  for (const name of ofThreads) room.on(name, changed);
  client.on(RoomEvent.Receipt, ofRoom);
  client.on(RoomEvent.TimelineReset, wasReset);
  client.on(MatrixEventEvent.Decrypted, ofEvent);
  client.on(MatrixEventEvent.Replaced, ofEvent);
  client.on(RoomMemberEvent.Typing, ofMember);
  room.on(PollEvent.New, ofPoll);
  room.polls.forEach(ofPoll);
  return () => {
    for (const name of ofEvents) client.off(name, ofRoom);
    for (const name of ofThreads) room.off(name, changed);
    client.off(RoomEvent.Receipt, ofRoom);
    client.off(RoomEvent.TimelineReset, wasReset);
    client.off(MatrixEventEvent.Decrypted, ofEvent);
    client.off(MatrixEventEvent.Replaced, ofEvent);
    client.off(RoomMemberEvent.Typing, ofMember);
    room.off(PollEvent.New, ofPoll);
    room.polls.forEach((poll) => {
      poll.off(PollEvent.Responses, changed);
      poll.off(PollEvent.End, changed);
    });
  };
}
