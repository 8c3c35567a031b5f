import 'server-only';
import { refresh } from 'next/cache';
import { headers } from 'next/headers';
import { createSafeActionClient } from 'next-safe-action';
import { z } from 'zod';
import { forgetAccessPictures } from '@/lib/aws/access-picture';
import { workplace } from '@/lib/aws/session';

/**
 * The ladder every server action climbs: input checked by its schema, request from our own pages, signed in, and for
 * writes: the connection may be written to. An action names the AWS action it performs.
 */

/** Thrown where a rule of the console itself, not of AWS, forbids an action. The sentence is shown as it is. */
export class Refused extends Error {}

const base = createSafeActionClient({
  defineMetadataSchema: () => z.object({ action: z.string() }),
  defaultValidationErrorsShape: 'flattened',
  handleServerError(error, { metadata }) {
    if (error instanceof Refused) return error.message;
    // The person gets a sentence; the cause stays in the server's log.
    console.error(`action ${metadata.action} failed`, error);
    return 'The console failed while doing this. Its log has the cause.';
  },
});

/** Without a session: signing in. */
export const publicAction = base.use(async ({ next }) => {
  const head = await headers();
  // Browsers name the origin of every POST; what has none, or `null`, is no page of ours.
  const origin = URL.parse(head.get('origin') ?? '');
  if (origin === null || origin.host !== head.get('host')) {
    throw new Refused('This request came from another site.');
  }
  return next();
});

/** With a session, reading or changing only the console's own settings. */
export const sessionAction = publicAction.use(async ({ next }) => next({ ctx: { place: await workplace() } }));

/** Changes something behind the connection. Afterwards the page is read again. */
export const writeAction = sessionAction.use(async ({ next, ctx }) => {
  if (!ctx.place.mayWrite) {
    throw new Refused(
      'This connection is real AWS and read-only. Unlock writing in the band at the top, then try again.',
    );
  }
  const result = await next();
  // A plan has changed nothing.
  const { review } = (result.data ?? {}) as { review?: unknown };
  if (review === undefined) {
    forgetAccessPictures(ctx.place.aws);
    refresh();
  }
  return result;
});

/** Turns a submitted form into the object its schema wants: empty fields are left out, `name[]` collects a list. */
export function form<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(fromForm, z.object(shape));
}

function fromForm(input: unknown): unknown {
  if (!(input instanceof FormData)) return input;
  const fields: Record<string, unknown> = {};
  for (const name of new Set(input.keys())) {
    // React adds fields of its own to a submitted form.
    if (name.startsWith('$ACTION')) continue;
    if (name.endsWith('[]')) fields[name.slice(0, -2)] = input.getAll(name).filter((value) => value !== '');
    else if (input.get(name) !== '') fields[name] = input.get(name);
  }
  return fields;
}
