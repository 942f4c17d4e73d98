/** The server forgets after this time that somebody types. */
const FORGOTTEN_MS = 20_000;
/** Whoever goes on typing is told of again well before that. */
const AGAIN_MS = FORGOTTEN_MS / 2;

/** Tells the others that she types, no more often than they need to hear it. Nothing runs meanwhile: a timer that
    is left over would make them hear it too often, or not that she has stopped. One notice waits for the one before:
    two on their way at once may arrive the other way round. */
export class TypingNotices {
  readonly #tell: (isTyping: boolean, forMs: number) => Promise<unknown>;
  readonly #now: () => number;
  /** When they were last told that she types; `undefined` once they were told that she does not. */
  #toldMs: number | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Of those that wait, only the newest is still true. */
  #turn = 0;

  constructor(
    tell: (isTyping: boolean, forMs: number) => Promise<unknown>,
    now = () => performance.now(),
  ) {
    this.#tell = tell;
    this.#now = now;
  }

  /** She types, or has stopped. */
  set(isTyping: boolean): void {
    const sinceMs = this.#toldMs === undefined ? Infinity : this.#now() - this.#toldMs;
    const isKnown = isTyping ? sinceMs < AGAIN_MS : sinceMs >= FORGOTTEN_MS;
    if (isKnown) return;
    this.#toldMs = isTyping ? this.#now() : undefined;
    const turn = ++this.#turn;
    // One that does not arrive is forgotten: the next will say how it is then.
    this.#last = this.#last
      .then(() => (turn === this.#turn ? this.#tell(isTyping, FORGOTTEN_MS) : undefined))
      .catch(() => undefined);
  }
}
