/** German texts of conversations: the timeline, what one does with messages, the composer. */
export const messages = {
  // Timeline
  messages: "Nachrichten",
  today: "Heute",
  yesterday: "Gestern",
  newMessages: "Neue Nachrichten",
  toNewest: "Zu den neuesten Nachrichten",
  edited: "bearbeitet",
  sending: "Wird gesendet",
  sent: "Gesendet",
  readByOthers: "Gelesen",
  sendFailed: "Nicht gesendet.",
  discard: "Verwerfen",
  typing: (names: string[]) =>
    names.length === 1
      ? `${names[0]} schreibt …`
      : names.length === 2
        ? `${names[0]} und ${names[1]} schreiben …`
        : "Mehrere Personen schreiben …",
  beginning: "Hier beginnt die Unterhaltung.",
  loadingOlder: "Ältere Nachrichten werden geladen",
  announce: (name: string, text: string) => `${name}: ${text}`,

  // Happenings
  happened: {
    created: (name: string) => `${name} hat die Unterhaltung begonnen`,
    joined: (_: string, who: string, n: number) => `${who} ${n > 1 ? "sind" : "ist"} dabei`,
    left: (_: string, who: string, n: number) => `${who} ${n > 1 ? "sind" : "ist"} gegangen`,
    invited: (name: string, who: string) => `${name} hat ${who} eingeladen`,
    declined: (_: string, who: string) => `${who} hat die Einladung abgelehnt`,
    removed: (name: string, who: string) => `${name} hat ${who} entfernt`,
    named: (name: string, what: string) => `${name} hat den Namen „${what}“ gegeben`,
    topic: (name: string, what: string) => `${name} hat das Thema „${what}“ gesetzt`,
    encrypted: () => "Nachrichten sind Ende-zu-Ende verschlüsselt",
  },

  // Why a message cannot be read
  unreadable: {
    waiting: "Diese Nachricht wird entschlüsselt …",
    "no-key":
      "Der Schlüssel dieser Nachricht ist noch nicht da. Er kommt, sobald ein Gerät des Absenders online ist.",
    "before-sign-in":
      "Diese Nachricht ist älter als Ihre Anmeldung, und es gab noch keine Sicherung der Schlüssel.",
    "needs-recovery":
      "Diese Nachricht ist älter als Ihre Anmeldung hier. Bestätigen Sie dieses Gerät, um sie zu lesen.",
    withheld:
      "Der Absender hat den Schlüssel dieser Nachricht diesem Gerät nicht gegeben. Bestätigen Sie dieses Gerät.",
    "not-member": "Diese Nachricht wurde geschrieben, bevor Sie dabei waren.",
    "identity-changed":
      "Die Identität des Absenders hat sich geändert. Fragen Sie ihn persönlich, bevor Sie ihm vertrauen.",
    "untrusted-device":
      "Diese Nachricht kommt von einem Gerät, das der Absender nicht bestätigt hat.",
    failed:
      "Diese Nachricht ließ sich nicht entschlüsseln. Bitten Sie den Absender, sie noch einmal zu senden.",
  },

  // Doing something with a message
  react: "Reagieren",
  reply: "Antworten",
  edit: "Bearbeiten",
  copy: "Text kopieren",
  remove: "Löschen",
  messageActions: "Aktionen für diese Nachricht",
  reactedWith: (names: string[], emoji: string) => `${names.join(", ")}: ${emoji}`,
  removeTitle: "Nachricht löschen?",
  removeText:
    "Sie verschwindet für alle in dieser Unterhaltung. Das lässt sich nicht rückgängig machen.",
  cancel: "Abbrechen",
  close: "Schließen",
  retry: "Erneut versuchen",
  emojis: "Emoji auswählen",

  // Composer
  writeTo: (name: string) => `Nachricht an ${name}`,
  send: "Senden",
  attach: "Dateien anhängen",
  insertEmoji: "Emoji einfügen",
  replyingTo: (name: string) => `Antwort an ${name}`,
  editing: "Nachricht bearbeiten",
  dropHere: "Dateien hier ablegen, um sie zu senden",
  uploadOf: (name: string) => `${name} wird gesendet`,
  uploadFailed: "Senden fehlgeschlagen",
  couldNotSend: "Die Nachricht konnte nicht gesendet werden. Ihr Text ist noch da.",

  // Attachments
  openPicture: (name: string) => `Bild ${name} groß anzeigen`,
  pictureFailed: "Das Bild konnte nicht geladen werden.",
  download: "Herunterladen",
  fileFailed: "Die Datei konnte nicht geladen werden.",
};

/** What every language has to say about messages. */
export type MessageTexts = typeof messages;
