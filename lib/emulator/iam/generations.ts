/** A number per account that grows with every change of its identities: what was derived under an older one is made anew. */
export class Generations {
  readonly #numbers = new Map<string, number>();

  of(accountId: string): number {
    return this.#numbers.get(accountId) ?? 0;
  }

  next(accountId: string): void {
    this.#numbers.set(accountId, this.of(accountId) + 1);
  }
}
