import type { Texts } from "./de";

/** English texts of the search. */
export const search: Pick<Texts, keyof typeof import("./search_de").search> = {
  files: "Files",
  searchedAll: "Searched all messages on this device.",
  searchedSince: (day) => `Searched back to ${day}. Older messages are read in the background.`,
  searching: "Messages are being read in the background.",
};
