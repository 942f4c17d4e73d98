import { mount } from "svelte";

import "./style/base.css";
import Login from "./shell/Login.svelte";
import { language } from "./shell/language";
import { begin } from "./shell/start";
import { applyTheme } from "./shell/theme";

document.documentElement.lang = language;
applyTheme();

const outcome = await begin();
if (typeof outcome === "string") {
  mount(Login, { target: document.body, props: { reason: outcome } });
  // By the time she comes back from the account pages, the chat is in the cache.
  requestIdleCallback(() => void import("./chat/ahead").then(({ fetchAhead }) => fetchAhead()));
} else {
  const { openChat } = await import("./chat/open");
  await openChat(outcome);
}
