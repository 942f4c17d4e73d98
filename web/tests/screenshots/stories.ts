/** What people say in the pictures, and what the things are called that are clicked for them. */
export interface Story {
  room: string;
  topic: string;
  other: string;
  talk: [who: "anna" | "ben" | "clara", text: string][];
  urgent: string;
  reactedTo: string;
  poll: { question: string; answers: [string, string, string] };
  thread: { root: string; answer: string };
  direct: string;
  /** Other rooms, and what she says in them. */
  rooms: [name: string, text: string][];
  search: string;
  labels: { readers: string; retention: string; settings: string; signIn: string };
}

export const STORIES: Record<"de" | "en", Story> = {
  de: {
    room: "Projekt Nordlicht",
    topic: "Anlage 3, Inbetriebnahme im März",
    other: "Team",
    talk: [
      ["clara", "Guten Morgen zusammen! Die Prüfprotokolle von gestern sind da."],
      ["ben", "Sehr gut. Dann kann ich dem Kunden bis **Mittag** antworten."],
      ["anna", "Ich gehe sie gleich durch. Gibt es etwas Auffälliges?"],
      ["clara", "Nur Kanal 4, da sind zwei Werte knapp über der Grenze."],
      ["ben", "Schaut ihr euch das bitte noch einmal an, bevor etwas rausgeht?"],
    ],
    urgent: "Heute 15 Uhr wird der Strom in Halle 2 abgeschaltet.",
    reactedTo: "Sehr gut",
    poll: {
      question: "Wann besprechen wir die Messung?",
      answers: ["Heute um 16 Uhr", "Morgen früh", "Schriftlich genügt"],
    },
    thread: { root: "Nur Kanal 4", answer: "Das war der lose Stecker, ich messe nach." },
    direct: "Danke, bis gleich!",
    rooms: [
      ["Vertrieb Süd", "Das Angebot ist raus."],
      ["Einkauf", "Die Klemmen kommen am Donnerstag."],
      ["Kantine", "Ich nehme den Eintopf."],
      ["Messe Hannover", "Der Stand ist gebucht, Halle 12."],
      ["Fuhrpark", "Wagen 3 steht wieder in der Halle."],
      ["Ausbildung 2026", "Willkommen an alle Neuen!"],
    ],
    search: "Kanal",
    labels: {
      readers: "Wer kann mitlesen?",
      retention: "Nachrichten bleiben 180 Tage.",
      settings: "Konto und Einstellungen",
      signIn: "Anmelden",
    },
  },
  en: {
    room: "Project Northern Light",
    topic: "Plant 3, goes live in March",
    other: "Team",
    talk: [
      ["clara", "Good morning everybody! Yesterday’s test reports are here."],
      ["ben", "Very good. Then I can answer the customer by **noon**."],
      ["anna", "I’ll go through them now. Anything unusual?"],
      ["clara", "Only channel 4: two values are just above the limit."],
      ["ben", "Please have another look before anything leaves the house."],
    ],
    urgent: "Power in hall 2 will be switched off at 3 pm today.",
    reactedTo: "Very good",
    poll: {
      question: "When do we discuss the measurement?",
      answers: ["Today at 4 pm", "Tomorrow morning", "In writing is enough"],
    },
    thread: { root: "Only channel 4", answer: "That was the loose plug, I’ll measure again." },
    direct: "Thanks, see you in a minute!",
    rooms: [
      ["Sales South", "The offer is out."],
      ["Purchasing", "The clamps arrive on Thursday."],
      ["Canteen", "I’ll take the stew."],
      ["Hanover Fair", "Our stand is booked, hall 12."],
      ["Car pool", "Car 3 is back in the hall."],
      ["Trainees 2026", "Welcome to all of you!"],
    ],
    search: "channel",
    labels: {
      readers: "Who can read this?",
      retention: "Messages stay for 180 days.",
      settings: "Account and settings",
      signIn: "Sign in",
    },
  },
};
