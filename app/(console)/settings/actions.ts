'use server';

import { X509Certificate } from 'node:crypto';
import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, sessionAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import type { Outcome } from '@/components/ui/outcome';
import { type Connection, connect, DEFAULT_ACCOUNT, isReal } from '@/lib/aws/connection';
import { callerIdentity } from '@/lib/aws/principals';
import { forgetConnection, saveConnection } from '@/lib/aws/saved-connections';
import { openSession } from '@/lib/aws/session';

const connectionForm = form({
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
  secretAccessKey: z.string().trim().max(128).optional(),
  sessionToken: z.string().trim().max(4096, 'A session token has at most 4,096 characters.').optional(),
  ca: z
    .string()
    .trim()
    .max(16_384, 'Certificates have at most 16,384 characters.')
    .refine((text) => isCertificate(text), 'This is no PEM certificate: it begins with -----BEGIN CERTIFICATE-----.')
    .optional(),
  nature: z.enum(['simulated', 'real']).optional(),
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
  if (input.ca && input.url && !input.url.startsWith('https:')) {
    context.addIssue({ code: 'custom', path: ['ca'], message: 'Only an https endpoint has a certificate.' });
  }
});

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== '';
  } catch {
    return false;
  }
}

/** Points the console somewhere else. The choice lies sealed in this browser's cookie, secrets on this machine only. */
export const switchConnection = sessionAction
  .metadata({ action: 'console:SwitchConnection' })
  .inputSchema(connectionForm)
  .action(async ({ parsedInput: input }): Promise<Outcome> => {
    const session = await openSession();
    const connection = toConnection(input);
    if (session.savedConnection) forgetConnection(session.savedConnection);
    delete session.savedConnection;
    delete session.connection;
    if (connection.kind === 'endpoint') session.savedConnection = await saveConnection(connection);
    else session.connection = connection;
    delete session.writingUntil;
    await session.save();
    refresh();
    return {
      ok: true,
      title: `Connected to ${nameOf(connection)}`,
      ...(isReal(connection) ? { detail: 'Read-only until you unlock writing.' } : {}),
    };
  });

/** Asks who the credentials of the form are, without switching to it. */
export const testConnection = sessionAction
  .metadata({ action: 'sts:GetCallerIdentity' })
  .inputSchema(connectionForm)
  .action(async ({ parsedInput: input }): Promise<Outcome> => {
    const connection = toConnection(input);
    const began = performance.now();
    const identity = await callerIdentity(await connect(connection, true));
    const detail = identity.ok
      ? `${identity.data.arn}, account ${identity.data.accountId}. GetCallerIdentity answered in ${Math.round(performance.now() - began)} ms.`
      : '';
    return outcomeOf(
      identity,
      { title: `${nameOf(connection)} answers`, detail },
      `${nameOf(connection)} can't be used`,
    );
  });

function nameOf(connection: Connection): string {
  if (connection.kind === 'aws') return `real AWS, ${connection.region}`;
  return connection.kind === 'endpoint' ? connection.url : `the emulator, account ${connection.accountId}`;
}

function toConnection(input: {
  kind: Connection['kind'];
  region: string;
  accountId?: string | undefined;
  url?: string | undefined;
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  sessionToken?: string | undefined;
  ca?: string | undefined;
  nature?: 'simulated' | 'real' | undefined;
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
      ...(input.sessionToken ? { sessionToken: input.sessionToken } : {}),
      ...(input.ca ? { ca: input.ca } : {}),
      ...(input.nature === 'real' ? { real: true } : {}),
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
