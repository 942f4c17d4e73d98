import type { Texts } from "./de";
import { calls } from "./calls_en";
import { messages } from "./messages_en";
import { rooms } from "./rooms_en";
import { search } from "./search_en";
import { settings } from "./settings_en";
import { spaces } from "./spaces_en";

/** English texts of the chat. */
export const en: Texts = {
  rooms: "Conversations",
  skipToMessages: "Skip to messages",
  searchFor: "Search",
  people: "People",
  groups: "Groups",
  invitations: "Invitations",
  newConversation: "New conversation",
  noRoomsTitle: "No conversation yet",
  noRooms: "Write to somebody or start a group.",
  nothingFound: "Nothing found.",
  searchEverybody: "Search the directory",
  chooseRoomTitle: "Welcome to Kontor",
  chooseRoom: "Choose a conversation on the left or begin a new one.",
  unreadCount: (n) => (n === 1 ? "1 unread message" : `${n} unread messages`),
  mentioned: "You were mentioned",
  you: "You",
  noMessages: "No messages yet",
  draft: "Draft:",
  unknownRoomTitle: "You do not see this conversation",
  unknownRoom: "You are not in it, or it is gone. Ask somebody who is in it for an invitation.",
  toRooms: "To your conversations",
  messageIn: (room: string) => `Message in ${room}`,
  invitedYou: (name) => `${name} invites you`,

  picture: "Picture",
  video: "Video",
  audio: "Audio",
  file: "File",
  deleted: "Message deleted",
  unreadableShort: "Message not readable yet",

  ...calls,
  ...messages,

  ...rooms,
  ...search,
  ...settings,
  ...spaces,

  account: "Account and settings",
  accountPages: "Account, devices, security",
  signOut: "Sign out",
  signOutTitle: "Sign out on this device?",
  signOutText: "All messages and keys in this browser are deleted.",
  signOutUnsaved:
    "Your recovery key is not saved yet. Without it and without a second device, old messages cannot be read any more.",
  offline: "No connection. Messages are sent as soon as it is back.",

  settingUp: "Encryption is being set up on this device.",
  saveKeyBanner: "Save your recovery key, in case you lose this device.",
  saveKey: "Save now",
  later: "Later",
  keyTitle: "Recovery key",
  keyText:
    "With this key you read your old messages if all your devices are lost. Print it and keep it in a safe place. Nobody else has it, not even your administrators.",
  printKey: "Print",
  copyKey: "Copy",
  copied: "Copied",
  keySaved: "I have saved it",
  newKey: "Make a new recovery key",
  newKeyText: "The present key will no longer work.",
  confirmBanner: "Confirm this device to read older messages.",
  confirm: "Confirm device",
  confirmTitle: "Confirm this device",
  confirmText:
    "This way your other devices know that this one is really yours, and give it the keys of your messages.",
  confirmByDevice: "With another device",
  confirmByDeviceText: "One scans the code of the other, or you compare the same pictures on both.",
  confirmByKey: "With the recovery key",
  keyWrong: "This is not the right key. Check every character.",
  keyChecking: "Fetching keys …",
  setUpFailed: "Encryption could not be set up.",
  loseAll:
    "No other device and no key? Your administrators can reset your identity; then you can read new messages again, but not old ones.",

  verifyAskedTitle: "Confirm a new device?",
  verifyAsked: "A new device has signed in to your account and wants to be confirmed. Was it you?",
  verifyYes: "Yes, compare",
  verifyNo: "No, refuse",
  verifyWaiting: "Now accept the request on your other device.",
  verifyCompare: "Do you see these pictures on both devices, in the same order?",
  verifyMatch: "Yes, they are the same",
  verifyMismatch: "No",
  verifyConfirmed: "Waiting for the other device …",
  verifyDone: "Confirmed. Both devices trust each other.",
  verifyCancelled:
    "The comparison was cancelled. If the pictures were different, sign the new device out and change your password.",
  done: "Done",
};
