import { mount, unmount } from "svelte";

import { Kontor } from "../core/kontor.svelte";
import { showObstacle } from "../shell/opening";
import type { Session } from "../shell/session";
import { showEnded } from "../shell/start";
import { takeTurn } from "../shell/turn";
import Chat from "./Chat.svelte";
import { loadDrafts } from "./drafts";

/** Opens the chat in place of its outline when the rooms are there. */
export async function openChat(session: Session): Promise<void> {
  let kontor: Kontor | undefined;
  let chat: ReturnType<typeof mount> | undefined;
  // Two tabs on one crypto store would spoil each other's keys.
  const isOurs = await takeTurn(() => {
    kontor?.close();
    if (chat) void unmount(chat);
    showObstacle("moved");
  });
  if (!isOurs) {
    showObstacle("elsewhere");
    return;
  }
  try {
    [kontor] = await Promise.all([Kontor.open(session, showEnded), loadDrafts()]);
  } catch (error) {
    console.error("Kontor could not be opened", error);
    showObstacle("failed");
    return;
  }
  document.body.replaceChildren();
  chat = mount(Chat, { target: document.body, props: { kontor } });
  performance.mark("kontor-rooms");
}
