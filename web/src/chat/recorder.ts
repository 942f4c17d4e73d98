import type { Recording } from "../core/voice";

/** What browsers record, the best first. */
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const SAMPLE_EVERY_MS = 50;
const BITS_PER_SECOND = 32_000;
/** Loudness of speech is far below the loudest that there is. */
const GAIN = 4;

/** A recording under way. */
export interface Recorder {
  /** Ends it. */
  finish(): Promise<Recording>;
  /** Ends it and forgets what was said. */
  abandon(): void;
}

/** Begins to record; throws if she does not allow the microphone. `heard` tells the loudness, 0 to 1. */
export async function record(heard: (level: number) => void): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, {
    ...(mimeType && { mimeType }),
    audioBitsPerSecond: BITS_PER_SECOND,
  });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => void parts.push(data);
  const levels: number[] = [];
  const stopListening = listen(stream, (level) => {
    levels.push(level);
    heard(level);
  });
  const begun = performance.now();
  recorder.start();

  const release = (): void => {
    stopListening();
    for (const track of stream.getTracks()) track.stop();
  };
  return {
    async finish() {
      const durationMs = performance.now() - begun;
      const stopped = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await stopped;
      release();
      const type = recorder.mimeType.split(";")[0] ?? "";
      return { sound: new Blob(parts, { type }), durationMs, levels };
    },
    abandon() {
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
  };
}

function listen(stream: MediaStream, heard: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    heard(Math.min(1, Math.sqrt(power) * GAIN));
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
