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
  type Thread,
} from "matrix-js-sdk";

/** What a view of a room wants to hear. */
export interface Listeners {
  /** A message, or what is shown about it, has changed; without one, any may have. `isPast`: it is an older one
      that was fetched. */
  changed: (event?: MatrixEvent, isPast?: boolean) => void;
  /** Somebody has read something. */
  read: () => void;
  /** The server has left out a part of the timeline. */
  reset: () => void;
  /** Somebody began or stopped to type. */
  typing: () => void;
}

/** Whether an event stands in a room as it is known here. The search reads past events of its own, which
    nobody sees. */
export function isKnownIn(room: Room | null, event: MatrixEvent): boolean {
  return room?.findEventById(event.getId() ?? "") === event;
}

/** Calls back when something happens in a room, until the answer is called. */
export function listenTo(client: MatrixClient, room: Room, listeners: Listeners): () => void {
  const { changed, reset, typing, read } = listeners;
  const isHere = (other?: Room): boolean => other?.roomId === room.roomId;
  const ofTimeline = (event: MatrixEvent, other?: Room, isPast?: boolean): void => {
    if (isHere(other)) changed(event, isPast);
  };
  // An event that was sent may now be known by another id, and what belongs to it, too.
  const ofEcho = (_: MatrixEvent, other?: Room): void => {
    if (isHere(other)) changed();
  };
  const ofReceipt = (_: unknown, other?: Room): void => {
    if (isHere(other)) read();
  };
  const ofThread = (thread: Thread): void => changed(thread.rootEvent);
  const wasReset = (other?: Room): void => {
    if (isHere(other)) reset();
  };
  const ofEvent = (event: MatrixEvent): void => {
    if (event.getRoomId() === room.roomId && isKnownIn(room, event)) changed(event);
  };
  const ofMember = (_: MatrixEvent, member: RoomMember): void => {
    if (member.roomId === room.roomId) typing();
  };
  const ofAnswers = (): void => changed();
  const ofPoll = (poll: Poll): void => {
    poll.on(PollEvent.Responses, ofAnswers);
    poll.on(PollEvent.End, ofAnswers);
    changed();
  };
  const ofThreads = [ThreadEvent.New, ThreadEvent.Update, ThreadEvent.NewReply] as const;
  client.on(RoomEvent.Timeline, ofTimeline);
  client.on(RoomEvent.Redaction, ofEcho);
  client.on(RoomEvent.LocalEchoUpdated, ofEcho);
  for (const name of ofThreads) room.on(name, ofThread);
  client.on(RoomEvent.Receipt, ofReceipt);
  client.on(RoomEvent.TimelineReset, wasReset);
  client.on(MatrixEventEvent.Decrypted, ofEvent);
  client.on(MatrixEventEvent.Replaced, ofEvent);
  client.on(RoomMemberEvent.Typing, ofMember);
  room.on(PollEvent.New, ofPoll);
  room.polls.forEach(ofPoll);
  return () => {
    client.off(RoomEvent.Timeline, ofTimeline);
    client.off(RoomEvent.Redaction, ofEcho);
    client.off(RoomEvent.LocalEchoUpdated, ofEcho);
    for (const name of ofThreads) room.off(name, ofThread);
    client.off(RoomEvent.Receipt, ofReceipt);
    client.off(RoomEvent.TimelineReset, wasReset);
    client.off(MatrixEventEvent.Decrypted, ofEvent);
    client.off(MatrixEventEvent.Replaced, ofEvent);
    client.off(RoomMemberEvent.Typing, ofMember);
    room.off(PollEvent.New, ofPoll);
    room.polls.forEach((poll) => {
      poll.off(PollEvent.Responses, ofAnswers);
      poll.off(PollEvent.End, ofAnswers);
    });
  };
}
