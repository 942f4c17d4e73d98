import { MsgType } from "matrix-js-sdk";

import { escapeHtml, formatted } from "./markdown";

const FORMAT = "org.matrix.custom.html";
/** Stands for a mention while the rest is formatted; people do not type it. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const TOKEN = new RegExp(`${OPEN}(\\d+)${CLOSE}`, "g");

/** Stands for everybody in the room. */
export const EVERYBODY = "@room";

/** Somebody named in a message. */
export interface Mention {
  /** User id, or [`EVERYBODY`]. */
  id: string;
  /** As it stands in the text, without `@`. */
  name: string;
}

/** The content of an event. */
export type Content = Record<string, unknown>;

/** The content of a message that was typed. Mentions whose names are no longer in the text do not count. */
export function textContent(text: string, mentions: Mention[] = []): Content {
  const isEmote = text.startsWith("/me ");
  const body = (isEmote ? text.slice("/me ".length) : text).replace(/[\uE000\uE001]/g, "");
  const named = mentions
    .filter(({ name }) => body.includes(`@${name}`))
    .sort((a, b) => b.name.length - a.name.length);
  const html = formattedWith(body, named);
  return {
    msgtype: isEmote ? MsgType.Emote : MsgType.Text,
    body,
    ...(html !== undefined && { format: FORMAT, formatted_body: html }),
    "m.mentions": mentionsOf(named),
  };
}

/** What the server and other programs are told about who is named (spec: "User and room mentions"). */
function mentionsOf(named: Mention[]): Content {
  const people = new Set(named.map(({ id }) => id).filter((id) => id !== EVERYBODY));
  return {
    ...(people.size > 0 && { user_ids: [...people] }),
    ...(named.some(({ id }) => id === EVERYBODY) && { room: true }),
  };
}

function formattedWith(body: string, named: Mention[]): string | undefined {
  let text = body;
  const people = named.filter(({ id }) => id !== EVERYBODY);
  people.forEach(({ name }, index) => {
    text = text.replaceAll(`@${name}`, `${OPEN}${index}${CLOSE}`);
  });
  const html = formatted(text);
  if (people.length === 0) return html;
  const plain = (): string => escapeHtml(text).replaceAll("\n", "<br>");
  return (html ?? plain()).replace(TOKEN, (token, index) => {
    const person = people[Number(index)];
    return person ? `<a href="${addressOf(person.id)}">${escapeHtml(person.name)}</a>` : token;
  });
}

/** The address that programs know a person by; nobody opens it (spec: "matrix.to navigation"). */
function addressOf(userId: string): string {
  return `https://matrix.to/#/${encodeURIComponent(userId)}`;
}

/** Who is named in a message. */
export function namedIn(content: Content): { people: string[]; everybody: boolean } {
  const mentions = content["m.mentions"] as Content | undefined;
  const people = Array.isArray(mentions?.["user_ids"]) ? mentions["user_ids"].map(String) : [];
  return { people, everybody: mentions?.["room"] === true };
}
