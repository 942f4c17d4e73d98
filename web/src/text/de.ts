import { calls } from "./calls_de";
import { messages } from "./messages_de";
import { rooms } from "./rooms_de";
import { search } from "./search_de";
import { settings } from "./settings_de";
import { spaces } from "./spaces_de";

/** German texts of the chat. `en.ts` has the same keys; the compiler and a test see to it. */
export const de = {
  // Rooms
  rooms: "Unterhaltungen",
  skipToMessages: "Zu den Nachrichten",
  searchFor: "Suchen",
  people: "Personen",
  groups: "Gruppen",
  invitations: "Einladungen",
  newConversation: "Neue Unterhaltung",
  noRoomsTitle: "Noch keine Unterhaltung",
  noRooms: "Schreiben Sie einer Person oder gründen Sie eine Gruppe.",
  nothingFound: "Nichts gefunden.",
  searchEverybody: "Im Verzeichnis suchen",
  chooseRoomTitle: "Willkommen bei Kontor",
  chooseRoom: "Wählen Sie links eine Unterhaltung oder beginnen Sie eine neue.",
  unreadCount: (n: number) => (n === 1 ? "1 ungelesene Nachricht" : `${n} ungelesene Nachrichten`),
  mentioned: "Sie wurden erwähnt",
  you: "Sie",
  noMessages: "Noch keine Nachrichten",
  draft: "Entwurf:",
  unknownRoomTitle: "Diese Unterhaltung sehen Sie nicht",
  unknownRoom:
    "Sie sind nicht dabei, oder es gibt sie nicht mehr. Bitten Sie jemanden, der dabei ist, um eine Einladung.",
  toRooms: "Zu Ihren Unterhaltungen",
  messageIn: (room: string) => `Nachricht in ${room}`,
  invitedYou: (name: string) => `${name} lädt Sie ein`,

  // Kinds of messages in previews
  picture: "Bild",
  video: "Video",
  audio: "Audio",
  file: "Datei",
  deleted: "Nachricht gelöscht",
  unreadableShort: "Nachricht noch nicht lesbar",

  ...calls,
  ...messages,

  ...rooms,
  ...search,
  ...settings,
  ...spaces,

  // Account menu
  account: "Konto und Einstellungen",
  accountPages: "Konto, Geräte, Sicherheit",
  signOut: "Abmelden",
  signOutTitle: "Von diesem Gerät abmelden?",
  signOutText: "Alle Nachrichten und Schlüssel in diesem Browser werden gelöscht.",
  signOutUnsaved:
    "Ihr Wiederherstellungsschlüssel ist noch nicht gesichert. Ohne ihn und ohne ein zweites Gerät lassen sich alte Nachrichten nicht mehr lesen.",
  offline: "Keine Verbindung. Nachrichten werden gesendet, sobald sie wieder da ist.",

  // Encryption
  settingUp: "Die Verschlüsselung wird auf diesem Gerät eingerichtet.",
  saveKeyBanner:
    "Sichern Sie Ihren Wiederherstellungs\u00adschlüssel, falls Sie dieses Gerät verlieren.",
  saveKey: "Jetzt sichern",
  later: "Später",
  keyTitle: "Wiederherstellungsschlüssel",
  keyText:
    "Mit diesem Schlüssel lesen Sie Ihre alten Nachrichten, wenn alle Ihre Geräte verloren sind. Drucken Sie ihn aus und bewahren Sie ihn an einem sicheren Ort auf. Niemand sonst hat ihn, auch Ihre Administration nicht.",
  printKey: "Drucken",
  copyKey: "Kopieren",
  copied: "Kopiert",
  keySaved: "Ich habe ihn gesichert",
  newKey: "Neuen Wiederherstellungsschlüssel erzeugen",
  newKeyText: "Der bisherige Schlüssel gilt dann nicht mehr.",
  confirmBanner: "Bestätigen Sie dieses Gerät, um ältere Nachrichten zu lesen.",
  confirm: "Gerät bestätigen",
  confirmTitle: "Dieses Gerät bestätigen",
  confirmText:
    "So wissen Ihre anderen Geräte, dass dieses wirklich Ihnen gehört, und geben ihm die Schlüssel Ihrer Nachrichten.",
  confirmByDevice: "Mit einem anderen Gerät",
  confirmByDeviceText:
    "Eines scannt den Code des anderen, oder Sie vergleichen auf beiden dieselben Bilder.",
  confirmByKey: "Mit dem Wiederherstellungsschlüssel",
  keyWrong: "Das ist nicht der richtige Schlüssel. Prüfen Sie jedes Zeichen.",
  keyChecking: "Schlüssel werden geholt …",
  setUpFailed: "Die Verschlüsselung konnte nicht eingerichtet werden.",
  loseAll:
    "Kein anderes Gerät und kein Schlüssel? Ihre Administration kann Ihre Identität zurücksetzen; neue Nachrichten lesen Sie dann wieder, alte nicht.",

  verifyAskedTitle: "Neues Gerät bestätigen?",
  verifyAsked:
    "Ein neues Gerät hat sich mit Ihrem Konto angemeldet und möchte bestätigt werden. Waren Sie das?",
  verifyYes: "Ja, vergleichen",
  verifyNo: "Nein, ablehnen",
  verifyWaiting: "Bestätigen Sie die Anfrage jetzt auf Ihrem anderen Gerät.",
  verifyCompare: "Sehen Sie auf beiden Geräten diese Bilder in derselben Reihenfolge?",
  verifyMatch: "Ja, sie sind gleich",
  verifyMismatch: "Nein",
  verifyConfirmed: "Warten auf das andere Gerät …",
  verifyDone: "Bestätigt. Beide Geräte vertrauen einander.",
  verifyCancelled:
    "Der Vergleich wurde abgebrochen. Wenn die Bilder verschieden waren, melden Sie das neue Gerät ab und ändern Sie Ihr Passwort.",
  done: "Fertig",
};

/** What every language has to say. */
export type Texts = typeof de;
