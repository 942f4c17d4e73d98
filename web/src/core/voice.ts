import type { Content } from "./content";

/** Bars that are sent along, so that the sound is seen before it is fetched. */
const BARS = 60;
/** The loudest value (MSC3246). */
const LOUDEST = 1024;

const VOICE = "org.matrix.msc3245.voice";
const AUDIO = "org.matrix.msc1767.audio";

/** A recording. */
export interface Recording {
  sound: Blob;
  durationMs: number;
  /** Loudness over time, from 0 to 1. */
  levels: number[];
}

/** A recording as others see it. */
export interface Voice {
  durationMs: number;
  /** From 0 to 1; empty if the sender did not say. */
  levels: number[];
}

/** As many bars as asked for, each as loud as the loudest sample in it. */
export function bars(levels: number[], count = BARS): number[] {
  if (levels.length === 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * levels.length) / count));
    return Math.max(...levels.slice(from, to));
  });
}

/** What a message says about a recording besides the file (MSC3245). */
export function voiceContent({ durationMs, levels }: Recording): Content {
  const loudest = Math.max(0.01, ...levels);
  const waveform = bars(levels).map((level) => Math.round((level / loudest) * LOUDEST));
  return { [VOICE]: {}, [AUDIO]: { duration: Math.round(durationMs), waveform } };
}

/** The recording in a message; `undefined` if it is no voice message. */
export function voiceOf(content: Content): Voice | undefined {
  if (content[VOICE] === undefined) return undefined;
  const about = (content[AUDIO] ?? {}) as Content;
  const waveform = Array.isArray(about["waveform"]) ? about["waveform"] : [];
  const duration = Number(about["duration"]);
  return {
    durationMs: Number.isFinite(duration) && duration > 0 ? duration : 0,
    levels: waveform
      .map(Number)
      .filter(Number.isFinite)
      .map((value) => Math.min(1, Math.max(0, value / LOUDEST))),
  };
}
