/**
 * The process of one run, apart from the console so that its pages stay quick. The console starts it, tells it over the
 * channel between them what to do, and reads what it writes into the store. When the channel closes, because the console
 * stops, it ends after the requests that are under way; the console that comes after goes on with the run.
 */

import { connectRun, type RunLink } from './connect.ts';
import type { UploadRun } from './record.ts';
import { type RunControl, runUpload } from './run.ts';
import { openUploadStore, type UploadStore } from './store.ts';

export type RunMessage =
  | { readonly type: 'start'; readonly run: UploadRun; readonly link: RunLink }
  | { readonly type: 'pause' | 'resume' | 'cancel' };

/** `held`: whether a person has paused it, even when it is about to end. */
function controlOf(): RunControl & { readonly held: boolean; tell(message: RunMessage['type'] | 'interrupt'): void } {
  let gate: { readonly promise: Promise<void>; open(): void } | undefined;
  let ending: RunControl['ending'];
  let held = false;
  return {
    allowed: () => gate?.promise ?? Promise.resolve(),
    get paused() {
      return gate !== undefined;
    },
    get held() {
      return held;
    },
    get ending() {
      return ending;
    },
    tell(message) {
      if (message === 'pause') {
        const { promise, resolve } = Promise.withResolvers<void>();
        held = true;
        gate ??= { promise, open: resolve };
        return;
      }
      if (message !== 'interrupt') held = false;
      if (message === 'cancel') ending = 'cancelled';
      else if (message === 'interrupt') ending ??= 'interrupted';
      gate?.open();
      gate = undefined;
    },
  };
}

function main(): void {
  const control = controlOf();
  let last: UploadRun | undefined;
  let store: UploadStore | undefined;
  // A paused run that the console leaves is paused when it is taken up again.
  const asItIs = (run: UploadRun): UploadRun =>
    control.held && (run.status === 'running' || run.status === 'interrupted') ? { ...run, status: 'paused' } : run;
  const save = (run: UploadRun) => {
    last = run;
    store?.save(asItIs(run));
  };
  process.once('disconnect', () => control.tell('interrupt'));
  process.on('message', (message: RunMessage) => {
    if (message.type !== 'start') {
      control.tell(message.type);
      if (last) save(last);
      return;
    }
    const { run, link } = message;
    if (run.status === 'paused') control.tell('pause');
    const opened = openUploadStore(link.dataDir);
    store = opened;
    const sink = { ...opened, save };
    void runUpload({ ...run, status: 'running' }, connectRun(link), sink, control).finally(() => {
      opened.close();
      process.exit(0);
    });
  });
}

main();
