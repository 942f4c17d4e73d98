import type { Language } from "../shell/language";

/** What is said while no page is open: who wrote and where, never what. */
const de = {
  message: "Neue Nachricht",
  messageFrom: (name: string) => `Neue Nachricht von ${name}`,
  urgent: "Dringende Nachricht",
  urgentFrom: (name: string) => `Dringende Nachricht von ${name}`,
  call: "Anruf",
  callFrom: (name: string) => `Anruf von ${name}`,
  invitation: "Sie sind eingeladen.",
  invitationFrom: (name: string) => `${name} lädt Sie ein.`,
  something: "Es gibt etwas Neues für Sie.",
};

const en: typeof de = {
  message: "New message",
  messageFrom: (name) => `New message from ${name}`,
  urgent: "Urgent message",
  urgentFrom: (name) => `Urgent message from ${name}`,
  call: "Call",
  callFrom: (name) => `Call from ${name}`,
  invitation: "You are invited.",
  invitationFrom: (name) => `${name} invites you.`,
  something: "There is something new for you.",
};

/** Both languages: a worker is told which. */
export const asleepTexts: Record<Language, typeof de> = { de, en };
