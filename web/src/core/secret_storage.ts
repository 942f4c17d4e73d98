/** Keys of secret storage that this page knows, in memory only. */
export class SecretStorageKeys {
  readonly #known = new Map<string, Uint8Array<ArrayBuffer>>();
  /** A key just typed in, whose id is not known yet. */
  #offered: Uint8Array<ArrayBuffer> | undefined;

  /** Remembers a key under its id. */
  add(id: string, key: Uint8Array<ArrayBuffer>): void {
    this.#known.set(id, key);
  }

  /** Answers the next question for any key; `undefined` takes the offer back. */
  offer(key: Uint8Array<ArrayBuffer> | undefined): void {
    this.#offered = key;
  }

  /** One of the keys wanted, if it is known. */
  find(ids: string[]): [string, Uint8Array<ArrayBuffer>] | null {
    for (const id of ids) {
      const key = this.#known.get(id) ?? this.#offered;
      if (key) return [id, key];
    }
    return null;
  }
}
