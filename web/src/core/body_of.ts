import { MsgType, type IContent, type MatrixEvent, type Room } from "matrix-js-sdk";

import { attachmentOf } from "./attachment";
import { unreadableBecause, type Body } from "./message";
import { isPoll, pollOf } from "./polls";
import { plainBody } from "./reply";
import { linked, richText, type RichNode } from "./rich_text";
import { voiceOf } from "./voice";

const FORMAT = "org.matrix.custom.html";
const ONLY_EMOJI = new RegExp("^(?:\\p{RGI_Emoji}\\s*){1,3}$", "v");

/** Formatted texts already parsed: contents do not change, edits bring new ones. */
const parsed = new WeakMap<object, RichNode[]>();

/** What a message consists of. */
export function bodyOf(event: MatrixEvent, room: Room): Body {
  if (event.isRedacted()) return { kind: "deleted" };
  if (event.isDecryptionFailure() || event.getType() === "m.room.encrypted") {
    return { kind: "unreadable", reason: unreadableBecause(event.decryptionFailureReason) };
  }
  const poll = isPoll(event) && pollOf(event, room);
  if (poll) return { kind: "poll", poll };
  const content = event.getContent();
  return filesOf(content) ?? textOf(content);
}

function filesOf(content: IContent): Body | undefined {
  const attachment = attachmentOf(content);
  if (!attachment) return undefined;
  const voice = voiceOf(content);
  if (voice) return { kind: "voice", attachment, voice };
  const kind = content.msgtype === MsgType.Image ? "picture" : "file";
  return { kind, attachment, caption: captionOf(content) };
}

function textOf(content: IContent): Body {
  return {
    kind: "text",
    nodes: nodesOf(content),
    isPlain: !isFormatted(content),
    isEmote: content.msgtype === MsgType.Emote,
    isNotice: content.msgtype === MsgType.Notice,
    isBigEmoji: ONLY_EMOJI.test(plainBody(content)),
  };
}

/** A file's `body` is a caption only if its name stands elsewhere. */
function captionOf(content: IContent): RichNode[] {
  const isCaption = content.filename !== undefined && content.filename !== content.body;
  return isCaption ? nodesOf(content) : [];
}

function isFormatted(content: IContent): boolean {
  return content.format === FORMAT && typeof content.formatted_body === "string";
}

function nodesOf(content: IContent): RichNode[] {
  const known = parsed.get(content);
  if (known) return known;
  const nodes = isFormatted(content)
    ? richText(String(content.formatted_body))
    : linked(plainBody(content));
  parsed.set(content, nodes);
  return nodes;
}
