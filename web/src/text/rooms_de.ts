/** German texts about rooms: what they are for, who is in them, how they are set up. */
export const rooms = {
  encrypted: "Ende-zu-Ende verschlüsselt",
  notEncrypted: "Nicht verschlüsselt: der Server kann mitlesen",
  back: "Zurück zu den Unterhaltungen",
  details: "Mitglieder und Einstellungen",
  members: (n: number) => (n === 1 ? "1 Mitglied" : `${n} Mitglieder`),
  invited: "eingeladen",
  externalAt: (level: number) => (level > 0 ? `Extern · Stufe ${level}` : "Extern"),

  // Beside names
  standings: {
    confirmed: "Von der Organisation bestätigt",
    unconfirmed: "Die Organisation hat nicht geprüft, wer unter diesem Namen schreibt",
    external: "Gehört nicht zur Organisation",
  },
  unconfirmedName: "unbestätigt",
  levels: {
    first: "Stufe 1: eingeladen oder von der Verwaltung angelegt",
    second: "Stufe 2: Personaldaten",
    third: "Stufe 3: persönlich geprüft",
  },
  leave: "Unterhaltung verlassen",
  leaveTitle: "Unterhaltung verlassen?",
  leaveText:
    "Sie bekommen keine neuen Nachrichten mehr und können nur mit einer neuen Einladung zurückkommen. Die Unterhaltung verschwindet von allen Ihren Geräten.",

  // Sections of the list
  favourites: "Favoriten",
  channels: "Kanäle",
  askedFor: "Angefragt",
  notImportant: "Weniger wichtig",
  isMuted: "stumm",
  waitingForAnswer: "Wartet auf Antwort",

  // Classes
  classes: {
    intern: {
      name: "Intern",
      text: "Arbeit unter Kolleginnen und Kollegen. Niemand von außen kann dabei sein.",
    },
    extern: {
      name: "Extern",
      text: "Arbeit mit Kunden und Partnern. Menschen von außen lesen mit.",
    },
    handelsbrief: {
      name: "Handelsbrief",
      text: "Geschäftsbriefe, die aufbewahrt werden müssen. Ein sichtbares Mitglied legt sie im Archiv ab.",
    },
    beaufsichtigt: {
      name: "Beaufsichtigt",
      text: "Benannte Personen lesen zu einem bekannten Zweck mit. Alle erfahren es vorher, und jedes Mitlesen wird im Raum angezeigt.",
    },
    privat: {
      name: "Privat",
      text: "Private Gespräche. Die Organisation kann nicht hineinsehen, und der Server kennt nicht einmal den Namen.",
    },
    vertraulich: {
      name: "Vertraulich",
      text: "Für Betriebsrat, Datenschutz, Meldestelle und ähnliche Kreise. Niemand außerhalb liest mit; der Server kennt auch den Namen nicht.",
    },
    fluechtig: {
      name: "Flüchtig",
      text: "Was nicht bleiben muss. Nachrichten verschwinden von selbst; der Server kennt auch den Namen nicht.",
    },
    bekanntmachung: {
      name: "Bekanntmachung",
      text: "Neuigkeiten für viele. Nicht verschlüsselt: der Server kann mitlesen.",
    },
  },
  keptFor: (time: string) => `Nachrichten bleiben ${time}.`,
  keptUntilRead: (time: string) =>
    `Nachrichten bleiben, bis sie zugestellt sind, höchstens ${time}.`,
  whatFor: "Wofür ist die Unterhaltung?",
  classForGood: "Das lässt sich später nicht ändern.",

  // Who reads along
  readers: "Wer kann mitlesen?",
  readersTitle: "Wer kann mitlesen?",
  readersEncrypted:
    "Nachrichten sind Ende-zu-Ende verschlüsselt. Lesen können sie nur die Personen auf dieser Liste, auf ihren Geräten. Der Server kann es nicht.",
  readersPlain:
    "Diese Unterhaltung ist nicht verschlüsselt. Außer den Personen auf dieser Liste kann auch der Server die Nachrichten lesen.",
  peopleWhoRead: (n: number) => (n === 1 ? "1 Person" : `${n} Personen`),
  nobodyElse: "Niemand",
  devices: (n: number) => (n === 1 ? "1 Gerät" : `${n} Geräte`),
  unconfirmed: (n: number) => (n === 1 ? "1 nicht bestätigt" : `${n} nicht bestätigt`),
  externalOf: (organisation: string) => `Extern: ${organisation}`,
  guest: "Gast",
  supervisor: "Aufsicht",
  furthermore: "Außerdem",
  supervisedBy: (who: string, purpose: string, until: string) =>
    `Beaufsichtigt durch ${who} – ${purpose} – bis ${until}.`,
  notSupervisedNow: "Zurzeit beaufsichtigt niemand diese Unterhaltung.",
  neverSupervised: "Niemand kann diese Unterhaltung beaufsichtigen.",
  otherServers: (servers: string) => `Kopien der Nachrichten liegen auch bei ${servers}.`,
  noOtherServer: "Kein anderer Server bekommt Kopien.",
  newcomersSee: {
    joined: "Neue Mitglieder sehen nur, was nach ihrem Beitritt geschrieben wird.",
    invited: "Neue Mitglieder sehen, was seit ihrer Einladung geschrieben wurde.",
    shared: "Neue Mitglieder sehen auch, was vorher geschrieben wurde.",
    world_readable: "Auch wer nicht Mitglied ist, kann mitlesen.",
  },
  pushHosts: (hosts: string) =>
    `Über neue Nachrichten, nicht über deren Inhalt, werden benachrichtigt: ${hosts}.`,
  noPushHost: "Kein fremder Dienst erfährt, dass es neue Nachrichten gibt.",
  inBackups: (days: number) =>
    `Die Organisation sichert die Nachrichten, wie sie auf dem Server liegen, verschlüsselt für höchstens ${days === 1 ? "einen Tag" : `${days} Tage`}.`,
  noBackups: "Die Nachrichten sind in keiner Sicherung der Organisation.",

  // Supervision
  particulars: "Einzelheiten",
  supervisionTitle: "Aufsicht in dieser Unterhaltung",
  supervisionOver: "Die Aufsicht ist beendet. Niemand beaufsichtigt diese Unterhaltung mehr.",
  termsTitle: "Bedingungen der Aufsicht",
  termsIntro: "Ohne diese Angaben darf niemand beaufsichtigen. Alle Mitglieder sehen sie.",
  terms: {
    purpose: "Zweck",
    legalBasis: "Rechtsgrundlage",
    balancing: "Abwägung der Interessen",
    agreement: "Vereinbarung mit dem Betriebsrat",
    impactAssessment: "Datenschutz-Folgenabschätzung",
    supervisors: "Wer beaufsichtigt",
    mode: "Wie",
    until: "Bis",
  },
  modes: {
    anlassbezogen: "Nur aus einem Anlass, der allen genannt wird",
    laufend: "Laufend, wie jedes Mitglied",
  },
  noticeTitle: "Diese Unterhaltung wird beaufsichtigt",
  noticeText:
    "Bitte nehmen Sie das zur Kenntnis, bevor Sie schreiben. Das ist eine Information, keine Einwilligung.",
  takenNote: "Ich habe es zur Kenntnis genommen",
  readings: "Wer wann mitgelesen hat",
  noReadings: "Bisher niemand.",
  readingReason: "Anlass",
  readingText: "Die Unterhaltung erfährt, dass Sie mitlesen und warum. Es endet nach einer Stunde.",
  beginReading: "Mitlesen beginnen",
  endSupervision: "Aufsicht beenden",
  endSupervisionText:
    "Die Aufsicht endet für immer. Wer beaufsichtigt hat, sieht nichts mehr und verlässt die Unterhaltung.",

  // Writing
  goesOnElsewhere: "Diese Unterhaltung geht an anderer Stelle weiter.",
  goThere: "Dorthin",
  onlySomeWrite: "Hier schreiben nur einige Personen; alle anderen lesen mit.",

  // Invitations
  invitationTo: (name: string) => `Einladung: ${name}`,
  invitationFrom: (name: string) => `${name} lädt Sie zu dieser Unterhaltung ein.`,
  acceptInvitation: "Annehmen",
  declineInvitation: "Ablehnen",
  askingText:
    "Sie haben um Einlass gebeten. Sobald jemand Sie einlässt, sehen Sie hier Nachrichten.",
  takeBack: "Anfrage zurückziehen",

  // New conversation
  findPeople: "Name der Person",
  findPeopleHint: (n: number) =>
    n > 1 ? `Mindestens ${n} Buchstaben eingeben` : "Einen Namen eingeben",
  nobodyFound: "Niemand mit diesem Namen gefunden. Prüfen Sie die Schreibweise.",
  groupPeople: "Wer soll dabei sein?",
  removePerson: (name: string) => `${name} entfernen`,
  addPerson: (name: string) => `${name} hinzufügen`,
  roomName: {
    group: "Name der Gruppe",
    channel: "Name des Kanals",
    space: "Name des Bereichs",
  },
  roomTopic: "Thema (freiwillig)",
  createRoom: {
    group: "Gruppe gründen",
    channel: "Kanal einrichten",
    space: "Bereich einrichten",
  },
  inSpace: "Bereich",
  noSpace: "Kein Bereich",
  isOpen: "Im Verzeichnis",
  isOpenText: "Alle in der Organisation finden die Unterhaltung und können eintreten.",
  directory: "Verzeichnis",
  directoryTerm: "Name oder Thema",
  directoryEmpty: "Keine offene Unterhaltung gefunden.",
  open: "Öffnen",
  enter: "Eintreten",
  askToEnter: "Um Einlass bitten",
  asked: "Angefragt",
  failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  forbidden: "Das ist in dieser Organisation oder hier nicht erlaubt.",
  tooOften: "Zu viele Versuche. Bitte warten Sie einen Moment.",

  // Members
  invite: "Einladen",
  whomToInvite: "Wen möchten Sie einladen?",
  letIn: "Einlassen",
  refuse: "Abweisen",
  removeFromRoom: "Aus der Unterhaltung entfernen",
  takeInvitationBack: "Einladung zurückziehen",
  actionsFor: (name: string) => `Aktionen für ${name}`,
  roles: { administrator: "Verwaltung", moderator: "Moderation", member: "Mitglied" },
  makeRole: {
    administrator: "Zur Verwaltung machen",
    moderator: "Zur Moderation machen",
    member: "Zum einfachen Mitglied machen",
  },
  hasInvited: (name: string) => `${name} ist eingeladen.`,
  hasRemoved: (name: string) => `${name} ist entfernt.`,
  hasRole: (name: string, role: string) => `${name}: ${role}`,
  andMore: (n: number) => `und ${n} weitere`,

  // Settings of a room
  favourite: "Favorit",
  lowPriority: "Weniger wichtig",
  alertsOf: "Benachrichtigungen",
  alerts: {
    all: "Bei jeder Nachricht",
    mentions: "Nur wenn ich erwähnt werde",
    none: "Nie",
  },
  roomSettings: "Einstellungen der Unterhaltung",
  name: "Name",
  roomPicture: "Bild",
  whatNewcomersSee: "Was neue Mitglieder sehen",
  histories: {
    joined: "Nur, was nach ihrem Beitritt geschrieben wird",
    invited: "Was seit ihrer Einladung geschrieben wurde",
    shared: "Auch, was vorher geschrieben wurde",
  } as Record<string, string>,
  howToEnter: "Wer hereinkommt",
  entries: {
    invite: "Nur wer eingeladen ist",
    knock: "Wer um Einlass bittet und eingelassen wird",
    public: "Alle in der Organisation",
  } as Record<string, string>,
  asChannel: "Kanal",
  asChannelText: "Nur Verwaltung und Moderation schreiben.",
  inSpaces: "Bereiche",
  save: "Speichern",
  saved: "Gespeichert.",
};
