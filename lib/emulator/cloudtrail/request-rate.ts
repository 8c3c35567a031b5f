/** A quota of requests per second, kept by account and Region in machine time: a token bucket that holds one second. */

/** Buckets kept; a full one says nothing and is dropped first. */
const MOST = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

export class RequestRate {
  readonly #perSecond: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `clock` gives machine time in milliseconds. */
  constructor(perSecond: number, clock: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Whether one more request of `owner` fits; if so it is counted. */
  take(owner: string): boolean {
    const now = this.#clock();
    const bucket = this.#buckets.get(owner) ?? { tokens: this.#perSecond, at: now };
    bucket.tokens = Math.min(this.#perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.delete(owner);
    this.#buckets.set(owner, bucket);
    if (this.#buckets.size > MOST) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
