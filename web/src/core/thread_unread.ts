import type { Thread } from "matrix-js-sdk";

/**
 * The answers of others in a thread since she has read it or written in it.
 *
 * The SDK takes a thread as read as long as she has sent no receipt for any thread of the room; then the
 * first answers would go unseen.
 */
export function unreadIn(thread: Thread): number {
  const me = thread.client.getSafeUserId();
  const readUpTo = thread.getReadReceiptForUserId(me)?.eventId;
  // Programs that know no threads say with one receipt that everything is read.
  const readUntilMs = thread.room.getLastUnthreadedReceiptFor(me)?.ts ?? 0;
  const answers = thread.events.filter((event) => event.isRelation("m.thread"));
  const read = answers.findLastIndex(
    (event) =>
      event.getId() === readUpTo || event.getSender() === me || event.getTs() <= readUntilMs,
  );
  return answers.length - 1 - read;
}
