import type { MessageTexts } from "./messages_de";

/** English texts of conversations. */
export const messages: MessageTexts = {
  messages: "Messages",
  today: "Today",
  yesterday: "Yesterday",
  newMessages: "New messages",
  toNewest: "Jump to the newest messages",
  edited: "edited",
  sending: "Sending",
  sent: "Sent",
  readByOthers: "Read",
  sendFailed: "Not sent.",
  discard: "Discard",
  typing: (names) =>
    names.length === 1
      ? `${names[0]} is typing …`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing …`
        : "Several people are typing …",
  beginning: "This is where the conversation begins.",
  loadingOlder: "Loading older messages",
  announce: (name, text) => `${name}: ${text}`,

  happened: {
    created: (name) => `${name} began the conversation`,
    joined: (_, who, n) => `${who} ${n > 1 ? "are" : "is"} here`,
    left: (_, who, n) => `${who} ${n > 1 ? "have" : "has"} left`,
    invited: (name, who) => `${name} invited ${who}`,
    declined: (_, who) => `${who} declined the invitation`,
    removed: (name, who) => `${name} removed ${who}`,
    named: (name, what) => `${name} named it “${what}”`,
    topic: (name, what) => `${name} set the topic “${what}”`,
    encrypted: () => "Messages are end-to-end encrypted",
  },

  unreadable: {
    waiting: "Decrypting this message …",
    "no-key":
      "The key of this message is not here yet. It comes as soon as a device of the sender is online.",
    "before-sign-in": "This message is older than your sign-in, and keys were not backed up yet.",
    "needs-recovery":
      "This message is older than your sign-in here. Confirm this device to read it.",
    withheld: "The sender did not give this device the key of the message. Confirm this device.",
    "not-member": "This message was written before you were here.",
    "identity-changed": "The sender’s identity has changed. Ask in person before you trust it.",
    "untrusted-device": "This message comes from a device that the sender has not confirmed.",
    failed: "This message could not be decrypted. Ask the sender to send it again.",
  },

  react: "React",
  reply: "Reply",
  edit: "Edit",
  copy: "Copy text",
  remove: "Delete",
  messageActions: "Actions for this message",
  reactedWith: (names, emoji) => `${names.join(", ")}: ${emoji}`,
  removeTitle: "Delete this message?",
  removeText: "It disappears for everybody in this conversation. This cannot be undone.",
  cancel: "Cancel",
  close: "Close",
  retry: "Try again",
  emojis: "Choose an emoji",

  writeTo: (name) => `Message to ${name}`,
  send: "Send",
  attach: "Attach files",
  insertEmoji: "Insert emoji",
  replyingTo: (name) => `Reply to ${name}`,
  editing: "Edit message",
  dropHere: "Drop files here to send them",
  uploadOf: (name) => `Sending ${name}`,
  uploadFailed: "Sending failed",
  couldNotSend: "The message could not be sent. Your text is still there.",

  openPicture: (name) => `Show picture ${name}`,
  pictureFailed: "The picture could not be loaded.",
  download: "Download",
  fileFailed: "The file could not be loaded.",
};
