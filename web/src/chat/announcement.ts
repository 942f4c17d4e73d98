import type { Message } from "../core/message";
import { withoutMarks } from "../core/reply";
import { t } from "../text/texts";

/** What a message says, in words. */
export function wordsOf({ body, source }: Message): string {
  switch (body.kind) {
    case "text":
      return body.isPlain ? source : withoutMarks(source);
    case "picture":
      return t.picture;
    case "file":
      return `${t.file} ${body.attachment.name}`;
    case "voice":
      return t.voiceMessage;
    case "poll":
      return `${t.poll}: ${body.poll.question}`;
    case "deleted":
      return t.deleted;
    case "unreadable":
      return t.unreadableShort;
  }
}

/** A message in words, for whoever hears it. */
export function announcementOf(message: Message): string {
  const words = wordsOf(message);
  return t.announce(message.name, message.understood ? `${t.urgent}: ${words}` : words);
}
