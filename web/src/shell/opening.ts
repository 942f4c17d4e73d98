import sign from "../style/kontor.svg";
import { shell } from "../text/shell";
import { element, show } from "./dom";
import { revoke } from "./oauth";
import { currentSession } from "./session";
import { stealTurn } from "./turn";
import { wipe } from "./wipe";

const ROWS = 7;
/** After this time she is told that it takes long, and what she can do. */
const LONG_MS = 15_000;

/** Shows the outline of the chat while it is fetched and the first messages arrive. */
export function showOutline(): void {
  const row = (): HTMLElement =>
    element("div", { class: "row" }, element("i", { class: "disc" }), element("i"));
  const rows = Array.from({ length: ROWS }, row);
  const status = element("div", { class: "hidden-text", role: "status" }, shell.loading);
  show(
    status,
    element(
      "div",
      { class: "outline", "aria-hidden": "true" },
      element("div", {}, element("i", { class: "bar" }), ...rows),
    ),
  );
  setTimeout(() => {
    status.className = "takes-long";
    status.replaceChildren(element("p", {}, shell.takesLong), retryButton());
  }, LONG_MS);
}

function retryButton(): HTMLElement {
  return element("button", { class: "primary", retry: () => location.reload() }, shell.retry);
}

/** Says why the chat is not here, and what can be done. */
export function showObstacle(what: "elsewhere" | "moved" | "failed" | "unreachable"): void {
  const title = {
    elsewhere: shell.otherTab,
    moved: shell.moved,
    failed: shell.startFailed,
    unreachable: shell.startUnreachable,
  }[what];
  const ways = {
    elsewhere: () => [element("button", { class: "primary", here: stealTurn }, shell.useHere)],
    moved: () => [element("button", { class: "primary", here: stealTurn }, shell.useHere)],
    failed: () => [
      retryButton(),
      element("button", { class: "link", over: () => void startOver() }, shell.startOver),
    ],
    // It goes on by itself as soon as the server answers.
    unreachable: () => [
      element("p", { role: "status" }, shell.startUnreachableText),
      retryButton(),
    ],
  }[what]();
  show(
    element(
      "main",
      { class: "alone" },
      element("img", { src: sign, alt: "", width: "48", height: "48" }),
      element("h1", {}, title),
      ...ways,
    ),
  );
}

async function startOver(): Promise<void> {
  const session = await currentSession().catch(() => undefined);
  if (session) await revoke(session).catch(() => undefined);
  await wipe();
  location.replace("/");
}
