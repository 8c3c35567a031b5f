'use server';

import { z } from 'zod';
import { sessionAction } from '@/app/_actions/ladder';
import { parseError, rebuildOf } from '@/lib/access/errors/index';
import { decodeAuthorizationMessage } from '@/lib/aws/decode-message';
import { type Rebuilt, rebuild } from '@/lib/aws/rebuild';

/** What came of rebuilding: the proof, or why there is none. */
export type RebuildAnswer = { readonly proof: Rebuilt } | { readonly problem: string };

/** Rebuilds the situation of an error in an account of the emulator of its own; the connection is not touched. */
export const rebuildAction = sessionAction
  .metadata({ action: 'emulator:Rebuild' })
  .inputSchema(z.object({ text: z.string().min(1).max(60_000) }))
  .action(async ({ parsedInput: { text } }): Promise<RebuildAnswer> => {
    const plan = rebuildOf(parseError(text));
    if (plan === undefined) return { problem: 'The emulator has no situation for this error.' };
    try {
      return { proof: await rebuild(plan) };
    } catch (error) {
      return {
        problem: `The situation could not be rebuilt: ${error instanceof Error ? error.message : 'no reason given'}.`,
      };
    }
  });

/** Reads an encoded authorization message with the connection's credentials. */
export const decodeMessageAction = sessionAction
  .metadata({ action: 'sts:DecodeAuthorizationMessage' })
  .inputSchema(z.object({ encoded: z.string().min(1).max(10_240) }))
  .action(async ({ parsedInput: { encoded }, ctx: { place } }): Promise<{ decoded: string } | { problem: string }> => {
    const answer = await decodeAuthorizationMessage(place.aws, encoded);
    return answer.ok ? { decoded: answer.data } : { problem: `${answer.error.code}: ${answer.error.message}` };
  });
