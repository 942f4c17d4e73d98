import { MsgType, type MatrixEvent, type Room } from "matrix-js-sdk";

import { localpart } from "./names";
import { isPoll, questionOf } from "./polls";
import { shownBody } from "./reply";
import { voiceOf } from "./voice";

/** What the list says about the last message of a room. */
export interface Preview {
  kind: "text" | "image" | "video" | "audio" | "voice" | "poll" | "file" | "deleted" | "unreadable";
  text: string;
  /** First name of the sender, in groups. */
  sender: string | undefined;
  isMine: boolean;
}

const KINDS: Record<string, Preview["kind"]> = {
  [MsgType.Image]: "image",
  [MsgType.Video]: "video",
  [MsgType.Audio]: "audio",
  [MsgType.File]: "file",
};

/** The preview of a message. */
export function previewOf(event: MatrixEvent, room: Room): Preview {
  const sender = event.getSender() ?? "";
  const name = room.getMember(sender)?.name ?? localpart(sender);
  const about = { sender: name.split(" ")[0], isMine: sender === room.client.getUserId() };
  if (event.isRedacted()) return { kind: "deleted", text: "", ...about };
  if (event.isDecryptionFailure() || event.getType() === "m.room.encrypted") {
    return { kind: "unreadable", text: "", ...about };
  }
  const content = event.getContent();
  if (isPoll(event)) return { kind: "poll", text: questionOf(event), ...about };
  const kind = voiceOf(content) ? "voice" : (KINDS[String(content.msgtype)] ?? "text");
  return { kind, text: shownBody(content).split("\n")[0] ?? "", ...about };
}
