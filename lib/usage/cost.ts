/** What a workload costs by component, in US dollars. */

import { charge, chargeKmsRequests, MONTH_SECONDS, type OwnPrices, type PriceName } from './prices.ts';
import type { Workload } from './workload.ts';

export interface CostComponent {
  readonly id: 'kmsRequests' | 'kmsKeys' | 'put' | 'get' | 'transfer' | 'storage' | 'monitoring';
  readonly label: string;
  /** What is counted, over the whole period and all Regions. */
  readonly count: number;
  readonly unit: string;
  readonly usd: number;
}

export interface Cost {
  readonly components: readonly CostComponent[];
  readonly usd: number;
  /** What SSE-KMS adds: requests and keys (COST-05). */
  readonly kmsUsd: number;
}

const GIGABYTE = 1_000_000_000;
/** Bytes of what an append writes beside its data file, roughly: manifest, manifest list and metadata. */
const METADATA_BYTES = 12_000;
const FILES_OF_APPEND = 4;
const FILES_BEFORE_DATA = 3;

const NAMES: Readonly<Record<Workload['target'], { put: PriceName; get: PriceName; storage: PriceName }>> = {
  bucket: { put: 'standardPut', get: 'standardGet', storage: 'standardStorage' },
  'directory-bucket': { put: 'expressPut', get: 'expressGet', storage: 'expressStorage' },
  table: { put: 'tablesPut', get: 'tablesGet', storage: 'tablesStorage' },
};

/** The bill of a workload that makes this many KMS requests in all its Regions (COST-01 to COST-09, TB-02). */
export function costOf(workload: Workload, kmsRequests: number, own: OwnPrices = {}): Cost {
  const { target, requests: it, regions } = workload;
  const names = NAMES[target];
  const months = workload.periodSeconds / MONTH_SECONDS;
  const appended = target === 'table' ? it.appends : 0;
  const scanned = target === 'table' ? it.scans * (it.filesEach + FILES_BEFORE_DATA) : 0;
  const everywhere = regions.length;
  const puts =
    (it.puts + it.multiparts * (it.partsEach + 2) + it.copies + it.lists + appended * FILES_OF_APPEND) * everywhere;
  const gets = (it.gets + scanned) * everywhere;
  const objects = (it.puts + it.multiparts + it.copies + appended * FILES_OF_APPEND) * everywhere;
  const written =
    (((it.puts + it.multiparts + it.copies + appended) * workload.objectBytes + appended * METADATA_BYTES) / GIGABYTE) *
    everywhere;
  const read = ((it.gets + (target === 'table' ? it.scans * it.filesEach : 0)) * workload.objectBytes) / GIGABYTE;
  // It grows evenly from nothing, so half of it is there on average.
  const stored = (written / 2) * months;
  const kms = workload.encryption !== 'AES256';
  const keys = kms && workload.customerKey ? workload.keys * everywhere * months : 0;
  const components: CostComponent[] = [
    {
      id: 'kmsRequests',
      label: 'KMS requests',
      count: kmsRequests,
      unit: 'requests',
      usd: kms ? chargeKmsRequests(kmsRequests, months, own) : 0,
    },
    { id: 'kmsKeys', label: 'KMS keys', count: keys, unit: 'key months', usd: charge('kmsKeyMonth', keys, own) },
    { id: 'put', label: 'Writes, copies and lists', count: puts, unit: 'requests', usd: charge(names.put, puts, own) },
    { id: 'get', label: 'Reads', count: gets, unit: 'requests', usd: charge(names.get, gets, own) },
    {
      id: 'storage',
      label: 'Storage of what is written',
      count: stored,
      unit: 'GB months',
      usd: charge(names.storage, stored, own),
    },
  ];
  if (target === 'directory-bucket') {
    const moved = written + read * everywhere;
    const usd = charge('expressUpload', written, own) + charge('expressRetrieval', read * everywhere, own);
    components.push({ id: 'transfer', label: 'Upload and retrieval', count: moved, unit: 'GB', usd });
  }
  if (target === 'table') {
    const watched = (objects / 2) * months;
    const usd = charge('tablesMonitoring', watched, own);
    components.push({ id: 'monitoring', label: 'Monitoring of objects', count: watched, unit: 'object months', usd });
  }
  const sum = (list: readonly CostComponent[]) => list.reduce((total, { usd }) => total + usd, 0);
  return {
    components,
    usd: sum(components),
    kmsUsd: sum(components.filter(({ id }) => id === 'kmsRequests' || id === 'kmsKeys')),
  };
}
