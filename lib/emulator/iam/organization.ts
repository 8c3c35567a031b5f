/** Policies of an account's organisation: documents that a person sets through the emulator's own interface. */

import { PolicySyntaxError } from '../../access/index.ts';
import type { SourcedPolicy } from '../../access/types.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { StateStore } from '../storage/store.ts';
import { compile } from './documents.ts';
import type { Generations } from './generations.ts';
import { text } from './rows.ts';

/** One list of documents per level of the organisation, root first; every level must allow. */
export interface OrganizationPolicies {
  readonly scp: readonly (readonly string[])[];
  readonly rcp: readonly (readonly string[])[];
}

type Levels = readonly (readonly SourcedPolicy[])[];

interface Compiled {
  readonly generation: number;
  readonly serviceControl?: Levels;
  readonly resourceControl?: Levels;
}

const NONE: OrganizationPolicies = { scp: [], rcp: [] };

export class Organization {
  readonly #state: StateStore;
  readonly #generations: Generations;
  /** By account; any twelve digits are one, hence the bound. */
  readonly #compiled = new BoundedMap<string, Compiled>(1000);

  constructor(state: StateStore, generations: Generations) {
    this.#state = state;
    this.#generations = generations;
  }

  get(accountId: string): OrganizationPolicies {
    const row = this.#state
      .statement('SELECT scp, rcp FROM iam_organization_policies WHERE account = ?')
      .get(accountId);
    if (row === undefined) return NONE;
    return { scp: levels(JSON.parse(text(row, 'scp'))), rcp: levels(JSON.parse(text(row, 'rcp'))) };
  }

  /** Replaces the account's policies. Throws RangeError with a sentence when a document is no policy; then nothing changes. */
  set(accountId: string, policies: OrganizationPolicies): void {
    check(policies.scp, 'scp');
    check(policies.rcp, 'rcp');
    this.#state.write(() =>
      this.#state
        .statement('INSERT OR REPLACE INTO iam_organization_policies VALUES (?, ?, ?)')
        .run(accountId, JSON.stringify(policies.scp), JSON.stringify(policies.rcp)),
    );
    this.#generations.next(accountId);
  }

  /** The layers of an account, compiled; absent where the account is in no organisation. */
  layers(accountId: string): Pick<Compiled, 'serviceControl' | 'resourceControl'> {
    const generation = this.#generations.of(accountId);
    const known = this.#compiled.get(accountId);
    if (known?.generation === generation) return known;
    const { scp, rcp } = this.get(accountId);
    const made: Compiled = {
      generation,
      ...(scp.length > 0 && { serviceControl: compileLevels(scp, 'scp') }),
      ...(rcp.length > 0 && { resourceControl: compileLevels(rcp, 'rcp') }),
    };
    this.#compiled.set(accountId, made);
    return made;
  }
}

const NAMES = { scp: 'service control policy', rcp: 'resource control policy' } as const;

function compileLevels(documents: readonly (readonly string[])[], kind: 'scp' | 'rcp'): Levels {
  return documents.map((level, depth) =>
    level.map((document, position) => ({
      source: `${NAMES[kind]} ${position + 1} of level ${depth + 1}`,
      policy: compile(document, kind),
    })),
  );
}

function check(documents: readonly (readonly string[])[], kind: 'scp' | 'rcp'): void {
  for (const level of documents) {
    for (const document of level) {
      try {
        compile(document, kind);
      } catch (error) {
        if (error instanceof PolicySyntaxError) throw new RangeError(`A ${NAMES[kind]} is wrong: ${error.message}`);
        throw error;
      }
    }
  }
}

function levels(value: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(value)) return [];
  return value.map((level: unknown) =>
    Array.isArray(level) ? level.filter((document): document is string => typeof document === 'string') : [],
  );
}
