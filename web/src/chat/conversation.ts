import { createContext } from "svelte";

import type { Message } from "../core/message";
import type { RoomSummary } from "../core/rooms.svelte";

/** What can be done with a message beyond its row; the room or the thread that shows it sees to it. */
export interface Conversation {
  readonly room: RoomSummary;
  answer(message: Message): void;
  edit(message: Message): void;
  /** `undefined` where there are no threads: in a thread. */
  openThread: ((message: Message) => void) | undefined;
  /** Shows a message, wherever it is in the timeline. */
  show(id: string): void;
  /** Shows something about a message in a sheet of its own. */
  open(sheet: "history" | "forward" | "reactions", message: Message): void;
  /** What had the focus is gone; the row of a message takes it, or the messages do. */
  focus(key?: string): void;
}

/** The conversation around a message. */
export const [useConversation, provideConversation] = createContext<Conversation>();
