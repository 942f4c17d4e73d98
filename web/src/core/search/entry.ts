import { MsgType, type MatrixEvent } from "matrix-js-sdk";

import { shownBody } from "../reply";
import type { Entry } from "./segments";

const FILES = new Set<unknown>([MsgType.File, MsgType.Image, MsgType.Video, MsgType.Audio]);

/** What the search keeps of a message; `undefined` if there is nothing to find in it. An edit brings the
    new text of the message that it replaces. */
export function entryOf(event: MatrixEvent): Entry | undefined {
  if (event.getType() !== "m.room.message" || event.isRedacted() || event.isState())
    return undefined;
  const isEdit = event.isRelation("m.replace");
  const content = isEdit ? event.getContent()["m.new_content"] : event.getContent();
  const id = isEdit ? event.getRelation()?.event_id : event.getId();
  if (!content || !id || event.isDecryptionFailure()) return undefined;
  const isFile = FILES.has(content.msgtype);
  const name: unknown = isFile ? (content.filename ?? content.body) : undefined;
  const text = isFile ? String(name ?? "") : shownBody(content);
  if (text.trim() === "") return undefined;
  return {
    id,
    sender: event.getSender() ?? "",
    ms: event.getTs(),
    text,
    ...(isFile ? { isFile } : {}),
  };
}
