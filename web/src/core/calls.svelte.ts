import type { MatrixCall, MatrixClient } from "matrix-js-sdk";
import { CallErrorCode } from "matrix-js-sdk/lib/webrtc/call";
import { CallEventHandlerEvent } from "matrix-js-sdk/lib/webrtc/callEventHandler";

import { Call } from "./call.svelte";
import { whenEncrypted } from "./encrypted";

/** What she speaks into, is seen by, and hears from. */
export type MediaKind = "audioinput" | "videoinput" | "audiooutput";

/** A device of one kind. */
export interface MediaChoice {
  id: string;
  label: string;
}

const KEYS: Record<MediaKind, string> = {
  audioinput: "kontor.microphone",
  videoinput: "kontor.camera",
  audiooutput: "kontor.speaker",
};

/** Calls between two people. One at a time. */
export class Calls {
  /** The call that rings or goes on, or has just ended. */
  current = $state.raw<Call>();
  /** Where the other side is heard; empty: where the browser likes. */
  speaker = $state(localStorage.getItem(KEYS.audiooutput) ?? "");
  readonly #client: MatrixClient;
  readonly #isPossible: boolean;

  constructor(client: MatrixClient) {
    this.#client = client;
    this.#isPossible = client.supportsVoip();
    const [microphone, camera] = [KEYS.audioinput, KEYS.videoinput].map((key) =>
      localStorage.getItem(key),
    );
    client.getMediaHandler().restoreMediaSettings(microphone ?? "", camera ?? "");
    client.on(CallEventHandlerEvent.Incoming, (call) => this.#take(call));
  }

  /** Whether somebody in a room can be called: two people, and a browser that can. */
  isPossibleIn(roomId: string): boolean {
    const room = this.#client.getRoom(roomId);
    return this.#isPossible && room?.getJoinedMemberCount() === 2;
  }

  /** Calls the other one in a room of two. */
  async start(roomId: string, isVideo: boolean): Promise<void> {
    const room = this.#client.getRoom(roomId);
    const isBusy = this.current !== undefined && this.current.phase !== "over";
    if (isBusy || !room || !this.isPossibleIn(roomId)) return;
    await whenEncrypted(this.#client, room);
    const made = this.#client.createCall(roomId);
    if (!made) return;
    this.current = new Call(made, false, isVideo);
    await this.current.place();
  }

  /** Puts a call that is over away. */
  dismiss(): void {
    if (this.current?.phase === "over") this.current = undefined;
  }

  /** The devices there are. Names are known once she has let the browser use one. */
  async devices(): Promise<Record<MediaKind, MediaChoice[]>> {
    const found = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaKind): MediaChoice[] =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId: id, label }, index) => ({ id, label: label || String(index + 1) }));
    const [audioinput, videoinput, audiooutput] = [
      of("audioinput"),
      of("videoinput"),
      of("audiooutput"),
    ];
    return { audioinput, videoinput, audiooutput };
  }

  /** The device she has chosen of a kind; empty: whichever. */
  chosen(kind: MediaKind): string {
    return localStorage.getItem(KEYS[kind]) ?? "";
  }

  /** Chooses a device, also in the middle of a call. */
  async choose(kind: MediaKind, id: string): Promise<void> {
    localStorage.setItem(KEYS[kind], id);
    const media = this.#client.getMediaHandler();
    if (kind === "audiooutput") this.speaker = id;
    else if (kind === "audioinput") await media.setAudioInput(id);
    else await media.setVideoInput(id);
  }

  #take(call: MatrixCall): void {
    const isBusy = this.current !== undefined && this.current.phase !== "over";
    if (isBusy && this.current?.roomId !== call.roomId) {
      call.hangup(CallErrorCode.UserBusy, false);
      return;
    }
    if (!isBusy) this.current = new Call(call, true);
  }
}
