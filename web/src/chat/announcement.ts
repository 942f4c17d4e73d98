import type { Message } from "../core/message";
import { t } from "../text/texts";

/** A message in words, for whoever hears it. */
export function announcementOf(message: Message): string {
  const { body } = message;
  switch (body.kind) {
    case "text":
      return t.announce(message.name, message.source);
    case "picture":
      return t.announce(message.name, t.picture);
    case "file":
      return t.announce(message.name, `${t.file} ${body.attachment.name}`);
    case "deleted":
      return t.announce(message.name, t.deleted);
    case "unreadable":
      return t.announce(message.name, t.unreadableShort);
  }
}
