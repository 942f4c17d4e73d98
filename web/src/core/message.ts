import type { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";

import type { Attachment } from "./attachment";
import type { Mention } from "./content";
import type { PollState } from "./polls";
import type { RichNode } from "./rich_text";
import type { Voice } from "./voice";

/** Why a message cannot be read. The texts say what to do about it. */
export type Unreadable =
  | "waiting"
  | "no-key"
  | "before-sign-in"
  | "needs-recovery"
  | "withheld"
  | "not-member"
  | "identity-changed"
  | "untrusted-device"
  | "failed";

/** What a message consists of. */
export type Body =
  | {
      kind: "text";
      nodes: RichNode[];
      isPlain: boolean;
      isEmote: boolean;
      isNotice: boolean;
      isBigEmoji: boolean;
    }
  | { kind: "picture"; attachment: Attachment; caption: RichNode[] }
  | { kind: "file"; attachment: Attachment; caption: RichNode[] }
  | { kind: "voice"; attachment: Attachment; voice: Voice }
  | { kind: "poll"; poll: PollState }
  | { kind: "deleted" }
  | { kind: "unreadable"; reason: Unreadable };

/** The answers to a message, in a thread of their own. */
export interface ThreadSummary {
  count: number;
  unread: number;
  /** The newest answer. */
  name: string;
  text: string;
  ms: number;
}

/** One emoji under a message. */
export interface Reaction {
  key: string;
  names: string[];
  /** Her own reaction, to take it back. */
  mine: string | undefined;
}

/** How far a message of her own has come. */
export type Delivery = "sending" | "waiting" | "failed" | "sent" | "read";

/** The message that a message answers. */
export interface Quoted {
  id: string;
  name: string;
  text: string;
}

/** A message as the timeline shows it. */
export interface Message {
  kind: "message";
  /** Stays the same when the server gives the message its id. */
  key: string;
  id: string;
  sender: string;
  name: string;
  avatar: string | undefined;
  ms: number;
  isMine: boolean;
  /** The first of several by the same person. */
  isFirst: boolean;
  body: Body;
  /** What was typed, for editing and copying. */
  source: string;
  isEdited: boolean;
  /** Names her, or everybody. */
  isForMe: boolean;
  /** Whom it names, for editing. */
  mentions: Mention[];
  quoted: Quoted | undefined;
  reactions: Reaction[];
  /** Of an urgent message: who has read and understood it; `undefined` if it is not urgent. */
  understood: Reaction | undefined;
  /** Why it was forwarded, empty without a reason; `undefined` if it was not. */
  forwarded: string | undefined;
  isPinned: boolean;
  mayPin: boolean;
  mayForward: boolean;
  thread: ThreadSummary | undefined;
  delivery: Delivery | undefined;
  mayEdit: boolean;
  mayDelete: boolean;
  mayAnswer: boolean;
}

/** Something that happened in the room. */
export interface Happening {
  kind: "happening";
  key: string;
  ms: number;
  what:
    | "created"
    | "joined"
    | "left"
    | "invited"
    | "declined"
    | "removed"
    | "named"
    | "topic"
    | "encrypted"
    | "called";
  /** Who did it. */
  name: string;
  /** To whom (several, if it happened to one after the other), or the new name or topic. */
  subjects: string[];
}

/** A line of the timeline. */
export type TimelineItem =
  Message | Happening | { kind: "day"; key: string; ms: number } | { kind: "new"; key: string };

/** The reason in our words. */
export function unreadableBecause(code: DecryptionFailureCode | null): Unreadable {
  switch (code as string | null) {
    case null:
      return "waiting";
    case "MEGOLM_UNKNOWN_INBOUND_SESSION_ID":
    case "OLM_UNKNOWN_MESSAGE_INDEX":
      return "no-key";
    case "HISTORICAL_MESSAGE_NO_KEY_BACKUP":
      return "before-sign-in";
    case "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED":
      return "needs-recovery";
    case "HISTORICAL_MESSAGE_WORKING_BACKUP":
      return "no-key";
    case "MEGOLM_KEY_WITHHELD":
    case "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE":
      return "withheld";
    case "HISTORICAL_MESSAGE_USER_NOT_JOINED":
      return "not-member";
    case "SENDER_IDENTITY_PREVIOUSLY_VERIFIED":
      return "identity-changed";
    case "UNSIGNED_SENDER_DEVICE":
    case "UNKNOWN_SENDER_DEVICE":
      return "untrusted-device";
    default:
      return "failed";
  }
}
