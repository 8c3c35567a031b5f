/** S3 as simple as it can be said: what a bucket of any kind holds after a sequence of requests. */

export interface ModelVersion {
  /** `null` for the null version; what S3 answered for others. */
  readonly id: string;
  /** Undefined: a delete marker. */
  readonly body: string | undefined;
}

export class ModelBucket {
  versioning: 'Enabled' | 'Suspended' | undefined;
  /** Versions of each key, the newest first. */
  readonly #keys = new Map<string, ModelVersion[]>();

  versions(key: string): readonly ModelVersion[] {
    return this.#keys.get(key) ?? [];
  }

  /** What a reader finds under a key. */
  body(key: string): string | undefined {
    return this.versions(key)[0]?.body;
  }

  /** @param id what S3 called the version; of no account where versioning is not enabled */
  put(key: string, body: string, id: string | undefined): void {
    this.#add(key, { id: this.#idOf(id), body });
  }

  delete(key: string, id: string | undefined): void {
    if (this.versioning === undefined) this.#keys.delete(key);
    else this.#add(key, { id: this.#idOf(id), body: undefined });
  }

  deleteVersion(key: string, id: string): void {
    this.#keep(
      key,
      this.versions(key).filter((version) => version.id !== id),
    );
  }

  rename(from: string, to: string): void {
    const body = this.body(from) ?? '';
    this.#keys.delete(from);
    this.put(to, body, undefined);
  }

  /** Keys and common prefixes in UTF-8 order, as a listing of all pages gives them. */
  list(prefix: string, delimiter: string): string[] {
    const entries = new Set<string>();
    for (const [key, [newest]] of this.#keys) {
      if (newest?.body === undefined || !key.startsWith(prefix)) continue;
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      entries.add(at < 0 ? `${key} ${newest.body.length}` : key.slice(0, at + delimiter.length));
    }
    return sorted(entries);
  }

  /** `key id`, with `*` behind the newest of each key and `-` for markers. */
  listVersions(): string[] {
    const entries: string[] = [];
    for (const key of sorted(this.#keys.keys())) {
      this.versions(key).forEach(({ id, body }, index) => {
        entries.push(`${key} ${id}${index === 0 ? '*' : ''}${body === undefined ? '-' : ''}`);
      });
    }
    return entries;
  }

  get keys(): string[] {
    return [...this.#keys.keys()];
  }

  #idOf(id: string | undefined): string {
    return this.versioning === 'Enabled' ? (id ?? '') : 'null';
  }

  /** Without versioning a write replaces all, suspended only the null version. */
  #add(key: string, version: ModelVersion): void {
    const before = this.versioning === undefined ? [] : this.versions(key);
    this.#keep(key, [version, ...before.filter((old) => version.id !== 'null' || old.id !== 'null')]);
  }

  #keep(key: string, versions: ModelVersion[]): void {
    if (versions.length === 0) this.#keys.delete(key);
    else this.#keys.set(key, versions);
  }
}

/** Texts in the order of their UTF-8 bytes. */
export function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}
