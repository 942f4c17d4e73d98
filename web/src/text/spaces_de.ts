/** German texts about spaces: the sections of the list that people make. */
export const spaces = {
  spaceRooms: "Unterhaltungen im Bereich",
  spacePeople: "Personen im Bereich",
  spaceWords: "Name und Thema",
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
  leaveSpace: "Bereich verlassen",
  leaveSpaceTitle: (name: string) => `Den Bereich ${name} verlassen?`,
  leaveSpaceText:
    "Der Bereich verschwindet aus der Liste, auf allen Ihren Geräten. In seinen Unterhaltungen bleiben Sie.",
};
