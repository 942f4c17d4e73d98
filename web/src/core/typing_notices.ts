/** The server forgets after this time that somebody types. */
const FORGOTTEN_MS = 20_000;
/** Whoever goes on typing is told of again well before that. */
const AGAIN_MS = FORGOTTEN_MS / 2;

/** Tells the others that she types, no more often than they need to hear it. Nothing runs meanwhile: a timer that
    is left over would make them hear it too often, or not that she has stopped. */
export class TypingNotices {
  readonly #tell: (isTyping: boolean, forMs: number) => void;
  readonly #now: () => number;
  /** When they were last told that she types; `undefined` once they were told that she does not. */
  #toldMs: number | undefined;

  constructor(tell: (isTyping: boolean, forMs: number) => void, now = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
  }

  /** She types, or has stopped. */
  set(isTyping: boolean): void {
    const sinceMs = this.#toldMs === undefined ? Infinity : this.#now() - this.#toldMs;
    const isKnown = isTyping ? sinceMs < AGAIN_MS : sinceMs >= FORGOTTEN_MS;
    if (isKnown) return;
    this.#toldMs = isTyping ? this.#now() : undefined;
    this.#tell(isTyping, FORGOTTEN_MS);
  }
}
