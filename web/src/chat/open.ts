import { mount, unmount } from "svelte";

import { Kontor } from "../core/kontor.svelte";
import { whenIdle } from "../shell/idle";
import { showObstacle } from "../shell/opening";
import { currentSession, type Session } from "../shell/session";
import { showEnded } from "../shell/start";
import { takeTurn } from "../shell/turn";
import { startWorker } from "../shell/worker";
import Chat from "./Chat.svelte";
import { loadDrafts } from "./drafts.svelte";
import { tellOfNews } from "./notices";
import { place } from "./place.svelte";

/** Opens the chat in place of its outline when the rooms are there. */
export async function openChat(session: Session): Promise<void> {
  const running: { kontor?: Kontor; chat?: ReturnType<typeof mount> } = {};
  // Two tabs on one crypto store would spoil each other's keys.
  const isOurs = await takeTurn(() => {
    running.kontor?.close();
    if (running.chat) void unmount(running.chat);
    showObstacle("moved");
  });
  if (!isOurs) {
    showObstacle("elsewhere");
    return;
  }
  try {
    // The worker may have renewed its tokens while we waited for the turn.
    const current = (await currentSession()) ?? session;
    const [kontor] = await Promise.all([
      Kontor.open(current, place.roomId, {
        failed: () => showObstacle("unreachable"),
        ended: showEnded,
      }),
      loadDrafts(),
    ]);
    running.kontor = kontor;
  } catch (error) {
    console.error("Kontor could not be opened", error);
    showObstacle("failed");
    return;
  }
  tellOfNews(running.kontor);
  document.body.replaceChildren();
  running.chat = mount(Chat, { target: document.body, props: { kontor: running.kontor } });
  performance.mark("kontor-rooms");
  whenIdle(() => void startWorker((roomId) => place.open(roomId)));
}
