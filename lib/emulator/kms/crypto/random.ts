import { randomFillSync } from 'node:crypto';

const POOL_SIZE = 32_768;

/**
 * Random bytes from a pool that is filled in one call to the operating system; each byte is handed out once and wiped
 * from the pool.
 */
class RandomPool {
  readonly #pool = Buffer.allocUnsafeSlow(POOL_SIZE);
  #used = POOL_SIZE;

  take(size: number): Buffer {
    if (size > POOL_SIZE) return randomFillSync(Buffer.alloc(size));
    if (this.#used + size > POOL_SIZE) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    this.#pool.copy(bytes, 0, this.#used, this.#used + size);
    this.#pool.fill(0, this.#used, this.#used + size);
    this.#used += size;
    return bytes;
  }
}

export const random = new RandomPool();
