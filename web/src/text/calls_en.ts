import type { Texts } from "./de";

/** English texts of calls. */
export const calls: Pick<Texts, keyof typeof import("./calls_de").calls> = {
  callWith: (name) => `Call with ${name}`,
  callVoice: "Call",
  callVideo: "Call with camera",
  callIncoming: (name) => `${name} is calling`,
  callIncomingText: (isVideo) => (isVideo ? "Call with camera" : "Voice call"),
  callAnswer: "Answer",
  callAnswerVideo: "Answer with camera",
  callDecline: "Decline",
  callOutgoing: "Ringing …",
  callConnecting: "Connecting …",
  callHangUp: "Hang up",
  callMute: "Turn microphone off",
  callUnmute: "Turn microphone on",
  callCameraOn: "Turn camera on",
  callCameraOff: "Turn camera off",
  callShare: "Show screen",
  callShareStop: "Stop showing screen",
  callSharing: "Your screen can be seen.",
  callDevices: "Choose devices",
  callMicrophone: "Microphone",
  callCamera: "Camera",
  callSpeaker: "Speaker",
  callUsualDevice: "Like the device",
  callSmaller: "Make smaller",
  callLarger: "Make larger",
  callRemoteMuted: (name) => `${name} has turned the microphone off.`,
  callOwnPicture: "Your picture",
  callEnds: {
    over: "The call has ended.",
    declined: "The call was declined.",
    unanswered: "Nobody answered.",
    elsewhere: "You answered on another device.",
    noMedia:
      "The browser does not allow the microphone or the camera. Allow them in the browser’s settings.",
    failed:
      "The connection could not be made. In some networks it takes a server that your administrators set up.",
  },
};
