'use server';

import { loadFirstWorld } from '@/app/_actions/first-world';
import type { Outcome } from '@/components/ui/outcome';
import { form, Refused, writeAction } from './ladder';

/** Fills an empty emulator account with the small demonstration world. */
export const loadDemonstrationWorld = writeAction
  .metadata({ action: 'console:LoadScenario' })
  .inputSchema(form({}))
  .action(async ({ ctx: { place } }): Promise<Outcome> => {
    if (place.connection.kind !== 'emulator')
      throw new Refused('A demonstration world is loaded into the embedded emulator only.');
    const loaded = await loadFirstWorld(place.aws);
    if (!loaded.ok) {
      return {
        ok: false,
        title: 'The demonstration world was not loaded',
        detail: loaded.error.message,
        code: loaded.error.code,
      };
    }
    return { ok: true, title: 'The demonstration world is there', detail: loaded.data, goTo: '/' };
  });
