import type { MatrixCall } from "matrix-js-sdk";
import {
  CallErrorCode,
  CallEvent,
  CallParty,
  CallState,
  CallType,
  type CallError,
} from "matrix-js-sdk/lib/webrtc/call";
import { CallFeedEvent, type CallFeed } from "matrix-js-sdk/lib/webrtc/callFeed";

/** How far a call has come. */
export type CallPhase = "incoming" | "outgoing" | "connecting" | "talking" | "over";

/** Why a call is over. */
export type CallEnd = "over" | "declined" | "unanswered" | "elsewhere" | "noMedia" | "failed";

const FAILURES: Partial<Record<string, CallEnd>> = {
  [CallErrorCode.NoUserMedia]: "noMedia",
  [CallErrorCode.InviteTimeout]: "unanswered",
  [CallErrorCode.AnsweredElsewhere]: "elsewhere",
  [CallErrorCode.UserBusy]: "declined",
  [CallErrorCode.UserHangup]: "over",
};

/** A call between two people, as pages show it. */
export class Call {
  phase = $state<CallPhase>("outgoing");
  /** Why it is over, once it is. */
  end = $state<CallEnd>();
  /** When talking began, in milliseconds. */
  sinceMs = $state<number>();
  isMuted = $state(false);
  hasCamera = $state(false);
  isSharing = $state(false);
  /** What the other side sends: voice and camera, and its screen. */
  remote = $state.raw<MediaStream>();
  remoteScreen = $state.raw<MediaStream>();
  hasRemoteCamera = $state(false);
  isRemoteMuted = $state(false);
  /** What this side sends. */
  local = $state.raw<MediaStream>();
  localScreen = $state.raw<MediaStream>();
  readonly roomId: string;
  readonly isIncoming: boolean;
  /** Whether it began with cameras. */
  readonly isVideo: boolean;
  #call: MatrixCall;
  readonly #feeds = new Set<CallFeed>();
  #wasAnswered = false;

  constructor(call: MatrixCall, isIncoming: boolean, isVideo = call.type === CallType.Video) {
    this.#call = call;
    this.roomId = call.roomId;
    this.isIncoming = isIncoming;
    this.isVideo = isVideo;
    this.#listen(call);
    this.#look();
  }

  /** Calls. */
  async place(): Promise<void> {
    await (this.isVideo ? this.#call.placeVideoCall() : this.#call.placeVoiceCall()).catch(() =>
      this.#finish("noMedia"),
    );
  }

  /** Takes the call, with or without showing herself. */
  async answer(withCamera: boolean): Promise<void> {
    this.#wasAnswered = true;
    await this.#call.answer(true, withCamera).catch(() => this.#finish("noMedia"));
  }

  /** Declines it, or ends it. */
  hangUp(): void {
    const { state } = this.#call;
    if (this.isIncoming && state === CallState.Ringing) this.#call.reject();
    else if (state !== CallState.Ended) this.#call.hangup(CallErrorCode.UserHangup, false);
    this.#finish("over");
  }

  /** Whether the other side hears her. */
  async mute(isMuted: boolean): Promise<void> {
    await this.#call.setMicrophoneMuted(isMuted);
    this.#look();
  }

  /** Whether the other side sees her. */
  async showCamera(isShown: boolean): Promise<void> {
    await this.#call.setLocalVideoMuted(!isShown);
    this.#look();
  }

  /** Whether the other side sees a screen or window of hers, which the browser asks her to choose. */
  async share(isShared: boolean): Promise<void> {
    await this.#call.setScreensharingEnabled(isShared);
    this.#look();
  }

  #listen(call: MatrixCall): void {
    call.on(CallEvent.State, () => this.#look());
    call.on(CallEvent.FeedsChanged, () => this.#look());
    call.on(CallEvent.Hangup, () => this.#finish(this.#reason()));
    call.on(CallEvent.Error, (error: CallError) => this.#finish(FAILURES[error.code] ?? "failed"));
    // Both called each other at once: one of the two calls remains.
    call.on(CallEvent.Replaced, (other) => {
      this.#call = other;
      this.#listen(other);
      this.#look();
    });
  }

  #look(): void {
    const call = this.#call;
    if (this.phase === "over") return;
    for (const feed of call.getFeeds()) {
      if (this.#feeds.has(feed)) continue;
      this.#feeds.add(feed);
      feed.on(CallFeedEvent.MuteStateChanged, () => this.#look());
      feed.on(CallFeedEvent.NewStream, () => this.#look());
    }
    this.phase = this.#phase();
    if (this.phase === "talking") this.sinceMs ??= Date.now();
    this.local = call.localUsermediaStream;
    this.localScreen = call.localScreensharingStream;
    this.remote = call.remoteUsermediaStream;
    this.remoteScreen = call.remoteScreensharingStream;
    this.hasRemoteCamera = shows(call.remoteUsermediaFeed);
    this.isRemoteMuted = call.remoteUsermediaFeed?.isAudioMuted() ?? false;
    this.isMuted = call.isMicrophoneMuted();
    this.hasCamera = shows(call.localUsermediaFeed);
    this.isSharing = call.isScreensharing();
    if (call.state === CallState.Ended) this.#finish(this.#reason());
  }

  #phase(): CallPhase {
    switch (this.#call.state) {
      case CallState.Connected:
        return "talking";
      case CallState.Ringing:
        return this.#wasAnswered ? "connecting" : "incoming";
      case CallState.Connecting:
      case CallState.CreateAnswer:
        return "connecting";
      default:
        return this.isIncoming ? "connecting" : "outgoing";
    }
  }

  #reason(): CallEnd {
    const { hangupReason, hangupParty } = this.#call;
    const known = FAILURES[hangupReason ?? ""] ?? (hangupReason ? "failed" : "over");
    const isRefused = hangupParty === CallParty.Remote && this.sinceMs === undefined;
    if (known !== "over" || !isRefused) return known;
    return this.isIncoming ? "unanswered" : "declined";
  }

  #finish(end: CallEnd): void {
    if (this.phase === "over") return;
    this.phase = "over";
    this.end = end;
    this.local = this.localScreen = this.remote = this.remoteScreen = undefined;
  }
}

function shows(feed: CallFeed | undefined): boolean {
  return feed !== undefined && !feed.isVideoMuted() && feed.stream.getVideoTracks().length > 0;
}
