/** German texts of the search. */
export const search = {
  files: "Dateien",
  searchedAll: "Alle Nachrichten auf diesem Gerät durchsucht.",
  searchedSince: (day: string) =>
    `Durchsucht bis ${day}. Ältere Nachrichten werden im Hintergrund gelesen.`,
  searching: "Nachrichten werden im Hintergrund gelesen.",
};
