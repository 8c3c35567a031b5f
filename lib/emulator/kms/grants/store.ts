import { BoundedMap } from '../../bounded-map.ts';
import type { StateStore } from '../../storage/store.ts';
import type { KeyRecord } from '../keys/record.ts';
import { all, one, parsed } from '../rows.ts';
import { anchorOf, anchorsOfRequest, findsByAnchor, type StoredGrant } from './grant.ts';

interface GrantRow {
  seq: number;
  grantId: string;
  region: string;
  keyId: string;
  accountId: string;
  name: string | null;
  grantee: string;
  granteeIsService: number;
  retiring: string | null;
  retiringIsService: number;
  issuingAccount: string;
  operations: string;
  constraints: string | null;
  createdAt: number;
  effectiveAt: number;
  endedAt: number | null;
}

const SELECT = `SELECT seq, grant_id AS grantId, region, key_id AS keyId, account AS accountId, name, grantee,
  grantee_is_service AS granteeIsService, retiring, retiring_is_service AS retiringIsService,
  issuing_account AS issuingAccount, operations, constraints, created_at AS createdAt, effective_at AS effectiveAt,
  ended_at AS endedAt FROM kms_grants`;

/** A principal with more grants than this on one key has them narrowed by operation and constraint. */
const SHOWN = 64;
const MANY = 'many';
const ANY = 'any';

/** What a question to the grants of a key is about. */
export interface CandidateQuestion {
  readonly operation: string;
  /** Every name under which the caller can be a grantee. */
  readonly grantees: readonly string[];
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly sourceArn: string | undefined;
  /** Grants proven by tokens. */
  readonly tokenGrantIds: ReadonlySet<string>;
  readonly now: number;
}

/** Grants on keys. Call changes inside a write. */
export class GrantStore {
  readonly #state: StateStore;
  /** Per key, what each grantee has there. */
  readonly #candidates = new BoundedMap<string, BoundedMap<string, readonly StoredGrant[] | typeof MANY>>(2_000);

  constructor(state: StateStore) {
    this.#state = state;
  }

  /**
   * The grants of a key that can speak for a caller. Of a caller with few grants there, all of them, so that the trace
   * can say why one does not apply; else only those whose operation and constraints can match, found by index (LIM-05).
   */
  candidates(key: KeyRecord, question: CandidateQuestion): readonly StoredGrant[] {
    const known = this.#knownOf(key);
    const found: StoredGrant[] = [];
    for (const grantee of question.grantees) {
      let grants = known.get(grantee);
      if (grants === undefined) {
        const rows = this.#read(`${SELECT} WHERE region = ? AND key_id = ? AND grantee = ? ORDER BY seq LIMIT ?`, [
          key.region,
          key.keyId,
          grantee,
          SHOWN + 1,
        ]);
        grants = rows.length > SHOWN ? MANY : rows;
        known.set(grantee, grants);
      }
      if (grants === MANY) this.#narrowed(key, grantee, question, found);
      else for (const grant of grants) found.push(grant);
    }
    for (const grantId of question.tokenGrantIds) {
      const grant = this.find(grantId);
      if (grant?.keyId === key.keyId && grant.region === key.region) found.push(grant);
    }
    return found.length === 0 ? found : distinctLiving(found, question.now);
  }

  /** Puts a deleted principal's unique id in the place of its ARN: nobody answers to it any more. */
  replacePrincipal(arn: string, uniqueId: string): void {
    const granted = this.#state.statement('UPDATE kms_grants SET grantee = ? WHERE grantee = ?').run(uniqueId, arn);
    let changes = Number(granted.changes);
    // Retiring principals are indexed by Region; there are few.
    const next = this.#state.statement(
      'SELECT region FROM kms_grants WHERE retiring IS NOT NULL AND region > ? ORDER BY region LIMIT 1',
    );
    for (let at = one<{ region: string }>(next, ''); at !== undefined; at = one(next, at.region)) {
      const retirable = this.#state
        .statement('UPDATE kms_grants SET retiring = ? WHERE region = ? AND retiring = ?')
        .run(uniqueId, at.region, arn);
      changes += Number(retirable.changes);
    }
    if (changes > 0) this.clear();
  }

  #narrowed(key: KeyRecord, grantee: string, question: CandidateQuestion, found: StoredGrant[]): void {
    const known = this.#knownOf(key);
    const byAnchor = findsByAnchor(question.operation);
    for (const anchor of byAnchor ? anchorsOfRequest(question.encryptionContext, question.sourceArn) : [ANY]) {
      const name = `${grantee}\n${question.operation}\n${anchor}`;
      let grants = known.get(name);
      if (grants === undefined || grants === MANY) {
        grants = this.#read(
          `${SELECT} WHERE region = ? AND key_id = ? AND grantee = ? ${byAnchor ? 'AND anchor = ?' : ''}
           AND instr(operations, ?) > 0 ORDER BY seq LIMIT ?`,
          [key.region, key.keyId, grantee, ...(byAnchor ? [anchor] : []), `,${question.operation},`, SHOWN],
        );
        known.set(name, grants);
      }
      for (const grant of grants) found.push(grant);
    }
  }

  #knownOf(key: KeyRecord): BoundedMap<string, readonly StoredGrant[] | typeof MANY> {
    const name = `${key.region}/${key.keyId}`;
    let known = this.#candidates.get(name);
    if (known === undefined) {
      known = new BoundedMap(500);
      this.#candidates.set(name, known);
    }
    return known;
  }

  find(grantId: string): StoredGrant | undefined {
    return this.#read(`${SELECT} WHERE grant_id = ?`, [grantId])[0];
  }

  named(key: KeyRecord, name: string): readonly StoredGrant[] {
    return this.#read(`${SELECT} WHERE region = ? AND key_id = ? AND name = ? AND ended_at IS NULL ORDER BY seq`, [
      key.region,
      key.keyId,
      name,
    ]);
  }

  /** Living grants of a key in order of creation. */
  page(key: KeyRecord, after: number, limit: number): readonly StoredGrant[] {
    return this.#read(
      `${SELECT} WHERE region = ? AND key_id = ? AND seq > ? AND ended_at IS NULL ORDER BY seq LIMIT ?`,
      [key.region, key.keyId, after, limit],
    );
  }

  pageOfGrantee(key: KeyRecord, grantee: string, after: number, limit: number): readonly StoredGrant[] {
    return this.#read(
      `${SELECT} WHERE region = ? AND key_id = ? AND grantee = ? AND seq > ? AND ended_at IS NULL ORDER BY seq LIMIT ?`,
      [key.region, key.keyId, grantee, after, limit],
    );
  }

  pageOfRetiring(region: string, retiring: string, after: number, limit: number): readonly StoredGrant[] {
    return this.#read(
      `${SELECT} WHERE region = ? AND retiring = ? AND seq > ? AND ended_at IS NULL ORDER BY seq LIMIT ?`,
      [region, retiring, after, limit],
    );
  }

  /** Living grants of a key. */
  count(key: KeyRecord): number {
    const row = one<{ count: number }>(
      this.#state.statement('SELECT grant_count AS count FROM kms_keys WHERE region = ? AND key_id = ?'),
      key.region,
      key.keyId,
    );
    return row?.count ?? 0;
  }

  insert(grant: Omit<StoredGrant, 'seq' | 'endedAt'>): void {
    this.#state
      .statement(
        `INSERT INTO kms_grants (grant_id, region, key_id, account, name, grantee, grantee_is_service, retiring,
           retiring_is_service, issuing_account, operations, constraints, anchor, created_at, effective_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        grant.grantId,
        grant.region,
        grant.keyId,
        grant.accountId,
        grant.name ?? null,
        grant.granteeServicePrincipal ?? grant.granteePrincipal ?? '',
        grant.granteeServicePrincipal === undefined ? 0 : 1,
        grant.retiringServicePrincipal ?? grant.retiringPrincipal ?? null,
        grant.retiringServicePrincipal === undefined ? 0 : 1,
        grant.issuingAccount,
        `,${grant.operations.join(',')},`,
        grant.constraints === undefined ? null : JSON.stringify(grant.constraints),
        anchorOf(grant.constraints),
        grant.createdAt,
        grant.effectiveAt,
      );
    this.#count(grant, 1);
  }

  /** Ends a grant now, or at `endedAt` when the news of it takes time (KMS-44). It is listed no more either way. */
  end(grant: StoredGrant, endedAt: number | null): void {
    if (endedAt === null) this.#state.statement('DELETE FROM kms_grants WHERE seq = ?').run(grant.seq);
    else this.#state.statement('UPDATE kms_grants SET ended_at = ? WHERE seq = ?').run(endedAt, grant.seq);
    this.#count(grant, -1);
  }

  /** Removes grants whose end has come to everybody's notice. */
  purge(accountId: string, now: number): void {
    const { changes } = this.#state
      .statement('DELETE FROM kms_grants WHERE account = ? AND ended_at <= ?')
      .run(accountId, now);
    if (changes > 0) this.clear();
  }

  removeKey(key: KeyRecord): void {
    this.#state.statement('DELETE FROM kms_grants WHERE region = ? AND key_id = ?').run(key.region, key.keyId);
    this.#candidates.delete(`${key.region}/${key.keyId}`);
  }

  removeAccount(accountId: string): void {
    this.#state.statement('DELETE FROM kms_grants WHERE account = ?').run(accountId);
    this.clear();
  }

  clear(): void {
    this.#candidates.clear();
  }

  #count(grant: Pick<StoredGrant, 'region' | 'keyId'>, change: number): void {
    this.#state
      .statement('UPDATE kms_keys SET grant_count = grant_count + ? WHERE region = ? AND key_id = ?')
      .run(change, grant.region, grant.keyId);
    this.#candidates.delete(`${grant.region}/${grant.keyId}`);
  }

  #read(sql: string, values: readonly (string | number)[]): StoredGrant[] {
    return all<GrantRow>(this.#state.statement(sql), ...values).map(fromRow);
  }
}

function distinctLiving(grants: readonly StoredGrant[], now: number): readonly StoredGrant[] {
  const byId = new Map<string, StoredGrant>();
  for (const grant of grants) if (grant.endedAt === null || grant.endedAt > now) byId.set(grant.grantId, grant);
  return [...byId.values()];
}

function fromRow(row: GrantRow): StoredGrant {
  return {
    seq: row.seq,
    grantId: row.grantId,
    region: row.region,
    keyId: row.keyId,
    accountId: row.accountId,
    ...(row.name !== null && { name: row.name }),
    ...(row.granteeIsService === 1 ? { granteeServicePrincipal: row.grantee } : { granteePrincipal: row.grantee }),
    ...(row.retiring !== null &&
      (row.retiringIsService === 1 ? { retiringServicePrincipal: row.retiring } : { retiringPrincipal: row.retiring })),
    issuingAccount: row.issuingAccount,
    operations: row.operations.slice(1, -1).split(','),
    ...(row.constraints !== null && {
      constraints: parsed<NonNullable<StoredGrant['constraints']>>(row.constraints),
    }),
    createdAt: row.createdAt,
    effectiveAt: row.effectiveAt,
    endedAt: row.endedAt,
  };
}
