import type { Kontor } from "../core/kontor.svelte";
import type { Reading, SupervisionStatus } from "../core/supervision";

/** A supervised room as she sees it: the terms, whether she has taken note, who has read. */
export class Supervised {
  status = $state.raw<SupervisionStatus>();
  readings = $state.raw<Reading[]>([]);
  readonly #kontor: Kontor;
  readonly #roomId: string;

  constructor(kontor: Kontor, roomId: string) {
    this.#kontor = kontor;
    this.#roomId = roomId;
  }

  /** Asks the server; the terms may have changed. */
  async load(): Promise<void> {
    const { supervision } = this.#kontor;
    this.status = await supervision.status(this.#roomId);
    this.readings = await supervision.readings(this.#roomId);
  }

  /** Whether the server takes nothing from her before she has taken note. */
  get isWaiting(): boolean {
    return this.status !== undefined && this.status.lasts && !this.status.isAcknowledged;
  }

  /** Whether she supervises. */
  get isHers(): boolean {
    return this.status?.terms.supervisors.includes(this.#kontor.userId) ?? false;
  }

  /** She has taken note of the terms shown. */
  async acknowledge(): Promise<void> {
    if (!this.status) return;
    await this.#kontor.supervision.acknowledge(this.#roomId, this.status.terms.version);
    await this.load();
  }

  /** Begins to read, for a reason that the room is told; the page opens once more with what she may see now. */
  async read(reason: string): Promise<void> {
    await this.#kontor.supervision.read(this.#roomId, reason);
    await this.#kontor.startAnew();
  }

  /** Ends the supervision for good. */
  async end(): Promise<void> {
    await this.#kontor.supervision.end(this.#roomId);
    await this.load();
  }
}
