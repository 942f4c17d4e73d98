/** German texts about spaces: the sections of the list that people make. */
export const spaces = {
  spaceRooms: "Unterhaltungen im Bereich",
  spacePeople: "Personen im Bereich",
  spaceSettings: "Einstellungen des Bereichs",
  emptySpace: "Noch keine Unterhaltung.",
  emptySpaceMine: "Noch keine Unterhaltung. Das Menü des Bereichs nimmt welche auf.",
  notInAnyOfSpace:
    "Sie sind in keiner Unterhaltung dieses Bereichs. Sein Menü zeigt, welche es gibt.",
  invitationToSpace: (name: string) => `${name} lädt Sie in diesen Bereich ein.`,
  aboutSpaces:
    "Ein Bereich fasst Unterhaltungen in Ihrer Liste zusammen. In welche Sie eintreten, entscheiden Sie.",
  addToSpace: "Aufnehmen",
  whatToAdd: "Welche Unterhaltung?",
  takeFromSpace: (name: string) => `${name} aus dem Bereich nehmen`,
  isInSpace: (name: string) => `${name} ist im Bereich.`,
  isNotInSpace: (name: string) => `${name} ist nicht mehr im Bereich.`,
  removeFromSpace: "Aus dem Bereich entfernen",
  entryOfSpaces: (names: string, count: number) =>
    count === 1 ? `Alle im Bereich ${names}` : `Alle in den Bereichen ${names}`,
  orWhoAsks: (everybody: string) => `${everybody}; andere bitten um Einlass`,
  unknownSpace: "(Ihnen unbekannt)",
  forSpace: "Für alle im Bereich",
  forSpaceText: "Wer im Bereich ist, kann eintreten, ohne zu fragen.",
  leaveSpace: "Bereich verlassen",
  leaveSpaceTitle: (name: string) => `Den Bereich ${name} verlassen?`,
  leaveSpaceText:
    "Der Bereich verschwindet aus der Liste, auf allen Ihren Geräten. In seinen Unterhaltungen bleiben Sie.",
};
