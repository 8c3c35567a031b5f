/** Every scenario, in the order in which it is offered. */

import { confusedDeputy } from './stories/confused-deputy.ts';
import { contextFlip } from './stories/context-flip.ts';
import { crossAccount } from './stories/cross-account.ts';
import { deletion } from './stories/deletion.ts';
import { directoryCopy } from './stories/directory-copy.ts';
import { disabledKey } from './stories/disabled-key.ts';
import { grants } from './stories/grants.ts';
import { hadoop } from './stories/hadoop.ts';
import { lateRevocation } from './stories/late-revocation.ts';
import { maintenance } from './stories/maintenance.ts';
import { oneKey } from './stories/one-key.ts';
import { replication } from './stories/replication.ts';
import { savings } from './stories/savings.ts';
import { throttled } from './stories/throttled.ts';
import type { Scenario } from './story.ts';

export const SCENARIOS: readonly Scenario[] = [
  maintenance,
  oneKey,
  savings,
  lateRevocation,
  contextFlip,
  disabledKey,
  deletion,
  crossAccount,
  grants,
  confusedDeputy,
  throttled,
  replication,
  hadoop,
  directoryCopy,
];

export const findScenario = (id: string): Scenario | undefined => SCENARIOS.find((scenario) => scenario.id === id);
