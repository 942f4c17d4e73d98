/** Texts of the page before the chat is there. */

import { language } from "../shell/language";

const de = {
  title: "Anmelden",
  intro: "Der Messenger Ihrer Organisation. Ende-zu-Ende verschlüsselt, auf dem eigenen Server.",
  signIn: "Anmelden",
  name: "Name",
  password: "Passwort",
  wrongPassword: "Name oder Passwort stimmen nicht.",
  limited: "Zu viele Versuche. Bitte warten Sie einen Moment.",
  refused: "Sie haben die Anmeldung abgebrochen. Sie können es jederzeit erneut versuchen.",
  failed: "Die Anmeldung hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  unreachable: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.",
  ended: "Dieses Gerät wurde abgemeldet. Alle Nachrichten und Schlüssel darauf sind gelöscht.",
  noWay: "Hier kann man sich zurzeit nicht anmelden. Bitte fragen Sie Ihre Administration.",
  loading: "Kontor wird geöffnet …",
  takesLong: "Das dauert länger als sonst.",
  otherLanguage: "English",
  otherTab: "Kontor ist in einem anderen Tab geöffnet.",
  useHere: "Hier weiterarbeiten",
  moved: "Kontor wurde in einem anderen Tab geöffnet.",
  retry: "Erneut versuchen",
  startFailed: "Kontor konnte nicht geöffnet werden.",
  startOver: "Abmelden und neu beginnen",
  startUnreachable: "Der Server ist nicht erreichbar.",
  startUnreachableText:
    "Ihre Unterhaltungen erscheinen, sobald er antwortet. Auf diesem Gerät liegen keine lesbaren Nachrichten.",
};

const en: typeof de = {
  title: "Sign in",
  intro: "Your organisation’s messenger. End-to-end encrypted, on your own server.",
  signIn: "Sign in",
  name: "Name",
  password: "Password",
  wrongPassword: "Name or password are not right.",
  limited: "Too many tries. Please wait a moment.",
  refused: "You cancelled signing in. You can try again at any time.",
  failed: "Signing in did not work. Please try again.",
  unreachable: "The server cannot be reached. Please check your connection.",
  ended: "This device was signed out. All messages and keys on it are deleted.",
  noWay: "Nobody can sign in here at the moment. Please ask your administrators.",
  loading: "Opening Kontor …",
  takesLong: "This takes longer than usual.",
  otherLanguage: "Deutsch",
  otherTab: "Kontor is open in another tab.",
  useHere: "Continue here",
  moved: "Kontor was opened in another tab.",
  retry: "Try again",
  startFailed: "Kontor could not be opened.",
  startOver: "Sign out and start over",
  startUnreachable: "The server cannot be reached.",
  startUnreachableText:
    "Your conversations appear as soon as it answers. No readable messages lie on this device.",
};

/** Both languages, for tests. */
export const shellTexts = { de, en };

/** The texts in her language. */
export const shell = shellTexts[language];
