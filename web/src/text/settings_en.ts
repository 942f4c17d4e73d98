import type { Texts } from "./de";

/** English texts of the settings, the devices and the warnings about identities. */
export const settings: Pick<Texts, keyof typeof import("./settings_de").settings> = {
  settings: "Settings",
  appearance: "Appearance",
  language: "Language",
  languages: { de: "Deutsch", en: "English" },
  theme: "Theme",
  themeSystem: "Like the device",
  themeLight: "Light",
  themeDark: "Dark",
  textSize: "Text size",
  percent: (n) => `${n}%`,
  desktopNotices: "Notify me in this browser",
  desktopText: "While Kontor is open. It shows who wrote, not what.",
  desktopBlocked:
    "The browser refuses notifications of this page. Allow them in the browser's settings.",
  push: "Even while Kontor is closed",
  pushText: (host) =>
    `Your browser’s push service${host && ` (${host})`} wakes this device for it. It learns that there is something, and when, but not what, where or from whom.`,
  pushRefused:
    "The browser has no push service or does not allow it here. While Kontor is open, you are notified all the same.",
  newVersion: "There is a new version of Kontor.",
  reload: "Reload",
  quietHours: "Quiet hours",
  quietText: "Nothing is shown during this time, on none of your devices with Kontor.",
  quietFrom: "From",
  quietTo: "To",
  quietWeekend: "All weekend, too",
  newMessage: "New message",
  newMessageFrom: (name) => `New message from ${name}`,
  yourDevices: "Your devices",
  thisDevice: "This device",
  deviceConfirmed: "confirmed",
  deviceUnconfirmed: "not confirmed",
  deviceWithoutKeys: "without encryption",
  lastUsed: (when) => `last used: ${when}`,
  compare: "Compare",
  signOutDevice: (name) => `Sign out ${name}`,
  signOutDeviceText: "The device loses access at once and deletes what is on it.",
  yourPassword: "Your password",
  passwordWrong: "The password is not right.",
  deviceGone: (name) => `${name} is signed out.`,
  keyShort: "With it you read your messages if all your devices are lost.",
  showKey: "Show and print the recovery sheet",
  identityChanged: (name) => `The identity of ${name} has changed.`,
  identityText:
    "This is usual if somebody has set up all devices anew. It can also mean that somebody has put themselves in between. Ask in person.",
  identityWasVerified:
    "You had compared this person before. Until you decide, nothing is sent to them. Ask in person.",
  identityAccept: "I know why",
  verifyPersonTitle: (name) => `Compare with ${name}`,
  verifyPersonAsked: (name) =>
    `${name} wants to compare pictures with you, to be sure that nobody reads along. Best talk to each other meanwhile.`,
  verifyPersonWaiting: (name) => `Waiting for ${name} to agree. Best talk to each other meanwhile.`,
  verifyPersonDone: (name) => `Confirmed: you really write with ${name}.`,
};
