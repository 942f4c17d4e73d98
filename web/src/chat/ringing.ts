/** The sound of a call: made, not fetched. */

const TONES_HZ = [523.25, 659.25, 783.99];
const TONE_S = 0.18;
/** From one ring to the next. */
const EVERY_MS = 2_600;
const LOUDNESS = 0.12;

/** Rings until the answer is called. */
export function ring(isOutgoing: boolean): () => void {
  const audio = new AudioContext();
  const tones = isOutgoing ? [425] : TONES_HZ;
  const loudness = isOutgoing ? LOUDNESS / 3 : LOUDNESS;
  const once = (): void =>
    tones.forEach((frequency, index) => {
      const [tone, gain] = [audio.createOscillator(), audio.createGain()];
      const at = audio.currentTime + index * TONE_S;
      const length = isOutgoing ? 1 : TONE_S * 1.6;
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
      gain.gain.setTargetAtTime(0, at + length * 0.7, 0.05);
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + length + 0.3);
    });
  once();
  const timer = setInterval(once, EVERY_MS);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}
