'use server';

import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { form, publicAction, Refused } from '@/app/_actions/ladder';
import type { Outcome } from '@/components/ui/outcome';
import { markSignedIn, openSession, passwordIsRight } from '@/lib/aws/session';

/** A wrong password costs this much time, one attempt after the other, whoever asks. */
const DELAY_MILLISECONDS = 500;
let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;

export const signIn = publicAction
  .metadata({ action: 'console:SignIn' })
  .inputSchema(form({ password: z.string({ error: 'Enter the password.' }).max(1024) }))
  .action(async ({ parsedInput: { password } }): Promise<Outcome> => {
    if (!passwordIsRight(password)) {
      if (waiting >= 20) throw new Refused('Too many attempts. Wait a minute, then try again.');
      waiting++;
      queue = queue.then(() => wait(DELAY_MILLISECONDS));
      await queue;
      waiting--;
      throw new Refused('The password is wrong.');
    }
    const session = await openSession();
    markSignedIn(session);
    await session.save();
    return { ok: true, title: 'Signed in', goTo: '/' };
  });
