/** German names of the 64 emoji that devices compare (spec: "SAS method: emoji"), by their English ones. */
const GERMAN: Record<string, string> = {
  Dog: "Hund", Cat: "Katze", Lion: "Löwe", Horse: "Pferd", Unicorn: "Einhorn", Pig: "Schwein",
  Elephant: "Elefant", Rabbit: "Hase", Panda: "Panda", Rooster: "Hahn", Penguin: "Pinguin",
  Turtle: "Schildkröte", Fish: "Fisch", Octopus: "Oktopus", Butterfly: "Schmetterling",
  Flower: "Blume", Tree: "Baum", Cactus: "Kaktus", Mushroom: "Pilz", Globe: "Globus", Moon: "Mond",
  Cloud: "Wolke", Fire: "Feuer", Banana: "Banane", Apple: "Apfel", Strawberry: "Erdbeere",
  Corn: "Mais", Pizza: "Pizza", Cake: "Kuchen", Heart: "Herz", Smiley: "Smiley", Robot: "Roboter",
  Hat: "Hut", Glasses: "Brille", Spanner: "Schraubenschlüssel", Santa: "Weihnachtsmann",
  "Thumbs Up": "Daumen hoch", Umbrella: "Regenschirm", Hourglass: "Sanduhr", Clock: "Wecker",
  Gift: "Geschenk", "Light Bulb": "Glühbirne", Book: "Buch", Pencil: "Bleistift",
  Paperclip: "Büroklammer", Scissors: "Schere", Lock: "Schloss", Key: "Schlüssel", Hammer: "Hammer",
  Telephone: "Telefon", Flag: "Flagge", Train: "Zug", Bicycle: "Fahrrad", Aeroplane: "Flugzeug",
  Rocket: "Rakete", Trophy: "Pokal", Ball: "Ball", Guitar: "Gitarre", Trumpet: "Trompete",
  Bell: "Glocke", Anchor: "Anker", Headphones: "Kopfhörer", Folder: "Ordner", Pin: "Stecknadel",
};

/** The name of an emoji in her language. */
export function emojiName(english: string, language: "de" | "en"): string {
  const capital = english.replace(/(^|\s)\p{L}/gu, (letter) => letter.toUpperCase());
  return language === "de" ? (GERMAN[capital] ?? english) : capital;
}
