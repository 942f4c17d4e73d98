import sign from "../style/kontor.svg";
import { shell } from "../text/shell";
import { element, show } from "./dom";
import { changeLanguage, language } from "./language";
import { depart } from "./oauth";
import { offeredWay, signInWithPassword, type Way } from "./password";
import { Refusal } from "./server";
import { keepSession } from "./session";
import type { Reason } from "./start";

/** Shows the page where she signs in. */
export function showLogin(reason: Reason): void {
  const alert = element("div", { role: "alert" });
  const form = element("form", { class: "sign-in" });
  const say = (text: string, kind = "wrong"): void =>
    alert.replaceChildren(...(text ? [element("p", { class: kind }, text)] : []));
  if (reason !== "none") say(shell[reason], reason === "ended" ? "note" : "wrong");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(form, say);
  });
  show(
    element(
      "main",
      { class: "alone" },
      element(
        "div",
        { class: "sign-in-card" },
        element("img", { src: sign, alt: "", width: "56", height: "56" }),
        element("h1", {}, "Kontor"),
        element("p", { class: "intro" }, shell.intro),
        alert,
        form,
      ),
      otherLanguage(),
    ),
  );
  fill(form, "account");
  offeredWay().then(
    (way) => {
      if (way === "none") say(shell.noWay);
      if (way !== "account") fill(form, way);
    },
    () => say(shell.unreachable),
  );
}

function otherLanguage(): HTMLElement {
  const other = language === "de" ? "en" : "de";
  const change = (): void => changeLanguage(other);
  return element("button", { class: "link", lang: other, change }, shell.otherLanguage);
}

function fill(form: HTMLFormElement, way: Way): void {
  form.dataset["way"] = way;
  const field = (name: "name" | "password", type: string, autocomplete: string): HTMLElement[] => [
    element("label", { for: name }, shell[name]),
    element("input", {
      id: name,
      name,
      type,
      autocomplete,
      autocapitalize: "none",
      required: true,
    }),
  ];
  const fields =
    way === "password"
      ? [...field("name", "text", "username"), ...field("password", "password", "current-password")]
      : [];
  const button = way === "none" ? [] : [element("button", { class: "primary" }, shell.signIn)];
  form.replaceChildren(...fields, ...button);
}

async function submit(form: HTMLFormElement, say: (text: string) => void): Promise<void> {
  const button = form.querySelector("button");
  button?.setAttribute("disabled", "");
  say("");
  try {
    if (form.dataset["way"] === "account") await depart();
    else {
      const fields = new FormData(form);
      const text = (name: string): string => String(fields.get(name) ?? "");
      await keepSession(await signInWithPassword(text("name").trim(), text("password")));
      location.reload();
    }
  } catch (error) {
    button?.removeAttribute("disabled");
    say(complaint(error));
  }
}

function complaint(error: unknown): string {
  if (!(error instanceof Refusal)) return shell.unreachable;
  if (error.status === 429) return shell.limited;
  return error.code === "M_FORBIDDEN" ? shell.wrongPassword : shell.failed;
}
