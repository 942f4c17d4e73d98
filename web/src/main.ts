import "./style/shell.css";
import { whenIdle } from "./shell/idle";
import { language } from "./shell/language";
import { showLogin } from "./shell/login";
import { showObstacle, showOutline } from "./shell/opening";
import { depart } from "./shell/oauth";
import { Refusal } from "./shell/server";
import { begin, isWelcome } from "./shell/start";
import { applyTextSize } from "./shell/text_size";
import { applyTheme } from "./shell/theme";

document.documentElement.lang = language;
applyTheme();
applyTextSize();

/** Begins with what encrypts: it takes longest of all, and most of it is done beside the page. */
function warmUp(): void {
  import("./core/warm_up").then(
    (crypto) => crypto.warmUp(),
    () => undefined,
  );
}

const isExpected = isWelcome();
const outcome = await begin();
if (outcome === "none" && isExpected) {
  showOutline();
  // A server that answers, and signs in by password only, is no server that cannot be reached.
  depart().catch((error) => showLogin(error instanceof Refusal ? "none" : "unreachable"));
} else if (typeof outcome === "string") {
  showLogin(outcome);
  // By the time she comes back from the account pages, the chat is in the cache. She may never come.
  whenIdle(() => {
    warmUp();
    import("./chat/open").catch(() => undefined);
  });
} else {
  warmUp();
  showOutline();
  try {
    const { openChat } = await import("./chat/open");
    await openChat(outcome);
  } catch (error) {
    // A file that does not come must not leave her before an outline.
    console.error("Kontor could not be opened", error);
    showObstacle("failed");
  }
}
