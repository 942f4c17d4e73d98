/** German texts of conversations: the timeline, what one does with messages, the composer. */
export const messages = {
  // Timeline
  messages: "Nachrichten",
  today: "Heute",
  yesterday: "Gestern",
  newMessages: "Neue Nachrichten",
  toNewest: (n: number) =>
    n === 0
      ? "Zu den neuesten Nachrichten"
      : `Zu den neuesten Nachrichten (${n === 1 ? "1 neue" : `${n} neue`})`,
  toFirstNew: "Zur ersten neuen Nachricht",
  jumpToDate: "Zu einem Tag springen",
  date: "Tag",
  jump: "Springen",
  nothingOnDate: "Dort gibt es keine Nachricht.",
  notFound: "Diese Nachricht gibt es nicht mehr.",
  loading: "Wird geladen …",
  waiting: "Wartet auf die Verbindung.",
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
    called: (name: string) => `${name} hat angerufen`,
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
  whoReacted: "Wer hat reagiert?",
  history: "Frühere Fassungen",
  answerInThread: "Im Thread antworten",
  thread: "Thread",
  closeThread: "Thread schließen",
  answers: (n: number) => (n === 1 ? "1 Antwort" : `${n} Antworten`),
  emojis: "Emoji auswählen",

  // Composer
  writeTo: (name: string) => `Nachricht an ${name}`,
  writeInThread: "Antwort im Thread",
  mentionSomebody: "Wen möchten Sie erwähnen?",
  everybody: "alle",
  everybodyHint: "benachrichtigt jede Person hier",
  send: "Senden",
  attach: "Dateien anhängen",
  insertEmoji: "Emoji einfügen",
  replyingTo: (name: string) => `Antwort an ${name}`,
  editing: "Nachricht bearbeiten",
  dropHere: "Dateien hier ablegen, um sie zu senden",
  uploadOf: (name: string) => `${name} wird gesendet`,
  uploadFailed: "Senden fehlgeschlagen",

  // Attachments
  openPicture: (name: string) => `Bild ${name} groß anzeigen`,
  zoomIn: "Vergrößern",
  zoomOut: "Verkleinern",
  pictureFailed: "Das Bild konnte nicht geladen werden.",
  download: "Herunterladen",
  fileFailed: "Die Datei konnte nicht geladen werden.",

  // Pinned messages
  pin: "Anheften",
  unpin: "Nicht mehr anheften",
  pinned: "Angeheftet",
  pinnedMessages: "Angeheftete Nachrichten",
  allPinned: (n: number) => (n === 1 ? "Ansehen" : `Alle ${n}`),
  showInRoom: "In der Unterhaltung zeigen",

  // Forwarding
  forward: "Weiterleiten",
  forwarded: "Weitergeleitet",
  forwardedBecause: (reason: string) => `Weitergeleitet: ${reason}`,
  forwardTo: "Wohin?",
  forwardInto: (name: string) => `Ziel: ${name}`,
  forwardBlocked:
    "Was hier geschrieben wird, darf diesen Raum nicht verlassen. Sie können auf die Unterhaltung verweisen; lesen kann sie nur, wer in ihr ist.",
  forwardWider:
    "Dort liest ein anderer Kreis mit als hier. Sagen Sie, warum Sie weiterleiten; der Grund steht bei der Nachricht.",
  reason: "Grund",
  otherRoom: "Anderes Ziel",
  copyLink: "Verweis kopieren",
  notAllowed: "nicht erlaubt",

  // Urgent messages
  urgent: "Dringend",
  markUrgent: "Als dringend senden",
  urgentHint: "Dringend: Alle bestätigen, dass sie gelesen und verstanden haben.",
  notUrgent: "Nicht dringend",
  understood: "Gelesen und verstanden",
  youUnderstood: "Bestätigt",
  whoUnderstood: "Wer hat bestätigt?",
  confirmedBy: (n: number) => `${n} bestätigt`,
  notConfirmedBy: (n: number) => `${n} noch nicht`,

  // Polls
  poll: "Umfrage",
  newPoll: "Neue Umfrage",
  pollQuestion: "Frage",
  pollAnswers: "Antworten",
  pollAnswer: (n: number) => `Antwort ${n}`,
  addPollAnswer: "Antwort hinzufügen",
  removePollAnswer: (n: number) => `Antwort ${n} entfernen`,
  pollMany: "Mehrere Antworten erlauben",
  pollSecretly: "Ergebnis erst am Ende zeigen",
  pollSecret: "Das Ergebnis wird am Ende gezeigt.",
  ask: "Umfrage starten",
  chooseOne: "Wählen Sie eine Antwort.",
  chooseUpTo: (n: number) => `Wählen Sie bis zu ${n} Antworten.`,
  voters: (n: number) => (n === 1 ? "1 Person hat abgestimmt" : `${n} Personen haben abgestimmt`),
  endPoll: "Umfrage beenden",
  pollEnded: "Die Umfrage ist beendet.",

  // Voice messages
  voiceMessage: "Sprachnachricht",
  recordVoice: "Sprachnachricht aufnehmen",
  recording: "Die Aufnahme läuft.",
  discardRecording: "Aufnahme verwerfen",
  sendRecording: "Aufnahme senden",
  noMicrophone: "Das Mikrofon ist nicht erreichbar. Erlauben Sie es im Browser.",
  play: "Abspielen",
  pause: "Anhalten",
  position: "Stelle in der Aufnahme",

  // Unreadable messages
  fetchKey: "Schlüssel in der Sicherung suchen",
  keyNotThere: "Der Schlüssel ist nicht in der Sicherung.",

  // Emoji
  add: "Hinzufügen",
  searchEmoji: "Emoji suchen",
  noEmoji: "Kein Emoji mit diesem Namen.",
  emojiGroups: {
    smileys: "Gesichter und Gefühle",
    people: "Menschen",
    nature: "Tiere und Natur",
    food: "Essen und Trinken",
    travel: "Reisen und Orte",
    activities: "Aktivitäten",
    objects: "Gegenstände",
    symbols: "Symbole",
    flags: "Flaggen",
  },
};

/** What every language has to say about messages. */
export type MessageTexts = typeof messages;
