import { mount, unmount } from "svelte";

import { Kontor } from "../core/kontor.svelte";
import type { Session } from "../shell/session";
import { showEnded } from "../shell/start";
import Chat from "./Chat.svelte";
import { loadDrafts } from "./drafts";
import Opening from "./Opening.svelte";
import { takeTurn } from "./turn";

/** Opens the chat: first its outline, then, when the rooms are there, the chat itself. */
export async function openChat(session: Session): Promise<void> {
  const target = document.body;
  let opening = mount(Opening, { target, props: { state: "loading" } });
  const show = async (state: "loading" | "elsewhere" | "moved" | "failed"): Promise<void> => {
    await unmount(opening);
    opening = mount(Opening, { target, props: { state } });
  };
  let kontor: Kontor | undefined;
  let chat: ReturnType<typeof mount> | undefined;
  // Two tabs on one crypto store would spoil each other's keys.
  const isOurs = await takeTurn(() => {
    kontor?.close();
    if (chat) void unmount(chat);
    void show("moved");
  });
  if (!isOurs) {
    await show("elsewhere");
    return;
  }
  try {
    [kontor] = await Promise.all([Kontor.open(session, showEnded), loadDrafts()]);
  } catch (error) {
    console.error("Kontor could not be opened", error);
    await show("failed");
    return;
  }
  await unmount(opening);
  chat = mount(Chat, { target, props: { kontor } });
  performance.mark("kontor-rooms");
}
