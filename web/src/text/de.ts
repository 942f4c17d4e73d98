/** German texts of the chat. `en.ts` has the same keys; the compiler and a test see to it. */
export const de = {
  // Rooms
  rooms: "Unterhaltungen",
  skipToMessages: "Zu den Nachrichten",
  search: "Person oder Gruppe suchen",
  people: "Personen",
  groups: "Gruppen",
  invitations: "Einladungen",
  newConversation: "Neue Unterhaltung",
  noRoomsTitle: "Noch keine Unterhaltung",
  noRooms: "Schreiben Sie einer Person oder gründen Sie eine Gruppe.",
  nothingFound: "Keine Unterhaltung mit diesem Namen.",
  searchEverybody: "Im Verzeichnis suchen",
  chooseRoomTitle: "Willkommen bei Kontor",
  chooseRoom: "Wählen Sie links eine Unterhaltung oder beginnen Sie eine neue.",
  unreadCount: (n: number) => (n === 1 ? "1 ungelesene Nachricht" : `${n} ungelesene Nachrichten`),
  mentioned: "Sie wurden erwähnt",
  you: "Sie",
  noMessages: "Noch keine Nachrichten",
  invitedYou: (name: string) => `${name} lädt Sie ein`,

  // Kinds of messages in previews
  picture: "Bild",
  video: "Video",
  audio: "Audio",
  file: "Datei",
  deleted: "Nachricht gelöscht",
  unreadableShort: "Nachricht noch nicht lesbar",

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

  // Room
  encrypted: "Ende-zu-Ende verschlüsselt",
  notEncrypted: "Nicht verschlüsselt: der Server kann mitlesen",
  back: "Zurück zu den Unterhaltungen",
  details: "Wer kann mitlesen?",
  detailsTitle: "Wer kann mitlesen?",
  detailsEncrypted:
    "Nachrichten sind Ende-zu-Ende verschlüsselt. Lesen können sie nur die Personen auf dieser Liste, auf ihren Geräten. Der Server kann es nicht.",
  detailsPlain:
    "Diese Unterhaltung ist nicht verschlüsselt. Außer den Personen auf dieser Liste kann auch der Server die Nachrichten lesen.",
  members: (n: number) => (n === 1 ? "1 Mitglied" : `${n} Mitglieder`),
  invited: "eingeladen",
  administrator: "Verwaltet diese Gruppe",
  external: "Extern",
  leave: "Unterhaltung verlassen",
  leaveTitle: "Unterhaltung verlassen?",
  leaveText:
    "Sie bekommen keine neuen Nachrichten mehr und können nur mit einer neuen Einladung zurückkommen.",

  // Invitations
  invitationTo: (name: string) => `Einladung: ${name}`,
  invitationFrom: (name: string) => `${name} lädt Sie zu dieser Unterhaltung ein.`,
  acceptInvitation: "Annehmen",
  declineInvitation: "Ablehnen",

  // New conversation
  findPeople: "Name der Person",
  findPeopleHint: "Mindestens zwei Buchstaben eingeben",
  nobodyFound: "Niemand mit diesem Namen gefunden. Prüfen Sie die Schreibweise.",
  asGroup: "Gruppe gründen",
  groupName: "Name der Gruppe",
  groupPeople: "Wer soll dabei sein?",
  create: "Gruppe gründen",
  removePerson: (name: string) => `${name} entfernen`,
  failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",

  // Account menu
  account: "Konto und Einstellungen",
  accountPages: "Konto, Geräte, Sicherheit",
  theme: "Darstellung",
  themeSystem: "Wie das Gerät",
  themeLight: "Hell",
  themeDark: "Dunkel",
  otherLanguage: "English",
  signOut: "Abmelden",
  signOutTitle: "Von diesem Gerät abmelden?",
  signOutText: "Alle Nachrichten und Schlüssel in diesem Browser werden gelöscht.",
  signOutUnsaved:
    "Ihr Wiederherstellungsschlüssel ist noch nicht gesichert. Ohne ihn und ohne ein zweites Gerät lassen sich alte Nachrichten nicht mehr lesen.",
  offline: "Keine Verbindung. Nachrichten werden gesendet, sobald sie wieder da ist.",

  // Encryption
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
  confirmByDeviceText: "Auf beiden Geräten erscheinen dieselben Bilder, die Sie vergleichen.",
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
