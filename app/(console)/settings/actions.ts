'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, sessionAction } from '@/app/_actions/ladder';
import type { Outcome } from '@/components/ui/outcome';
import { type Connection, DEFAULT_ACCOUNT } from '@/lib/aws/connection';
import { openSession } from '@/lib/aws/session';

/** Points the console somewhere else. The choice lies sealed in this browser's session cookie. */
export const switchConnection = sessionAction
  .metadata({ action: 'console:SwitchConnection' })
  .inputSchema(
    form({
      kind: z.enum(['emulator', 'endpoint', 'aws'], { error: 'Choose a connection.' }),
      region: z
        .string({ error: 'Enter a Region.' })
        .trim()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'A Region looks like us-east-1.'),
      accountId: z
        .string()
        .trim()
        .regex(/^\d{12}$/, 'An account has twelve digits.')
        .optional(),
      url: z.url({ protocol: /^https?$/, error: 'The endpoint is an http or https address.' }).optional(),
      accessKeyId: z.string().trim().max(128).optional(),
      secretAccessKey: z.string().max(128).optional(),
      profile: z
        .string()
        .trim()
        .regex(/^[\w .@+=,-]+$/, 'This is not a profile name.')
        .max(128)
        .optional(),
      roleArn: z
        .string()
        .trim()
        .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'A role ARN looks like arn:aws:iam::111122223333:role/Name.')
        .max(2048)
        .optional(),
    }).superRefine((input, context) => {
      if (input.kind !== 'endpoint') return;
      for (const [name, sentence] of [
        ['url', 'Enter the endpoint.'],
        ['accessKeyId', 'Enter the access key id.'],
        ['secretAccessKey', 'Enter the secret access key.'],
      ] as const) {
        if (!input[name]) context.addIssue({ code: 'custom', path: [name], message: sentence });
      }
    }),
  )
  .action(async ({ parsedInput: input }): Promise<Outcome> => {
    const session = await openSession();
    session.connection = toConnection(input);
    delete session.writingUntil;
    await session.save();
    refresh();
    const where =
      input.kind === 'aws'
        ? `real AWS, ${input.region}`
        : input.kind === 'endpoint'
          ? (input.url ?? '')
          : `the emulator, account ${input.accountId ?? DEFAULT_ACCOUNT}`;
    return {
      ok: true,
      title: `Connected to ${where}`,
      ...(input.kind === 'aws' ? { detail: 'Read-only until you unlock writing.' } : {}),
    };
  });

function toConnection(input: {
  kind: Connection['kind'];
  region: string;
  accountId?: string | undefined;
  url?: string | undefined;
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  profile?: string | undefined;
  roleArn?: string | undefined;
}): Connection {
  const { region } = input;
  if (input.kind === 'endpoint') {
    return {
      kind: 'endpoint',
      region,
      url: (input.url ?? '').replace('//localhost', '//127.0.0.1').replace(/\/$/, ''),
      accessKeyId: input.accessKeyId ?? '',
      secretAccessKey: input.secretAccessKey ?? '',
    };
  }
  if (input.kind === 'aws') {
    return {
      kind: 'aws',
      region,
      ...(input.profile ? { profile: input.profile } : {}),
      ...(input.roleArn ? { roleArn: input.roleArn } : {}),
    };
  }
  return { kind: 'emulator', region, accountId: input.accountId ?? DEFAULT_ACCOUNT };
}
