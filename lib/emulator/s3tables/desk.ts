/** What every operation of S3 Tables works with. */

import type { Surroundings } from '../service.ts';
import type { Rows } from './rows.ts';
import type { Warehouses } from './warehouses.ts';

export interface Desk {
  readonly around: Surroundings;
  readonly rows: Rows;
  readonly warehouses: Warehouses;
}
