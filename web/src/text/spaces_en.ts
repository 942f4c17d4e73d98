import type { Texts } from "./de";

/** English texts about spaces. */
export const spaces: Pick<Texts, keyof typeof import("./spaces_de").spaces> = {
  spaceRooms: "Conversations in the space",
  spacePeople: "People in the space",
  spaceSettings: "Settings of the space",
  emptySpace: "No conversation yet.",
  emptySpaceMine: "No conversation yet. The menu of the space adds some.",
  notInAnyOfSpace: "You are in no conversation of this space. Its menu shows what there is.",
  invitationToSpace: (name) => `${name} invites you to this space.`,
  aboutSpaces: "A space groups conversations in your list. You decide which of them you enter.",
  addToSpace: "Add",
  whatToAdd: "Which conversation?",
  takeFromSpace: (name) => `Take ${name} out of the space`,
  isInSpace: (name) => `${name} is in the space.`,
  isNotInSpace: (name) => `${name} is no longer in the space.`,
  removeFromSpace: "Remove from the space",
  entryOfSpaces: (names, count) =>
    count === 1 ? `Everybody in the space ${names}` : `Everybody in the spaces ${names}`,
  orWhoAsks: (everybody) => `${everybody}; others ask to be let in`,
  unknownSpace: "(unknown to you)",
  forSpace: "For everybody in the space",
  forSpaceText: "Whoever is in the space can enter without asking.",
  leaveSpace: "Leave space",
  leaveSpaceTitle: (name) => `Leave the space ${name}?`,
  leaveSpaceText:
    "The space disappears from the list on all your devices. You stay in its conversations.",
};
