'use client';

import { useState } from 'react';
import { switchConnection } from '@/app/(console)/settings/actions';
import type { Connection } from '@/lib/aws/connection';
import { Alert } from '../ui/alert';
import { ActionForm, Choice, TextField } from '../ui/form';

/** Chooses among the emulator, another endpoint and AWS. */
export function ConnectionForm({ connection, emulator }: { connection: Connection; emulator: string }) {
  const [kind, setKind] = useState(connection.kind);
  return (
    <ActionForm action={switchConnection} submit="Use this connection">
      <Choice
        name="kind"
        legend="Connect to"
        value={kind}
        onValue={(value) => setKind(value as Connection['kind'])}
        options={[
          { value: 'emulator', label: 'Embedded emulator', about: `${emulator}. Nothing reaches AWS.` },
          {
            value: 'endpoint',
            label: 'Custom endpoint',
            about: 'Another emulator, or a gateway that speaks the AWS wire.',
          },
          { value: 'aws', label: 'Real AWS', about: 'An account and Region. Read-only until you unlock writing.' },
        ]}
      />
      {kind === 'emulator' && (
        <TextField
          name="accountId"
          label="Account"
          mono
          defaultValue={connection.kind === 'emulator' ? connection.accountId : '111122223333'}
          hint="Twelve digits. Each account is a world of its own."
        />
      )}
      {kind === 'endpoint' && (
        <>
          <TextField
            name="url"
            label="Endpoint"
            type="url"
            mono
            defaultValue={connection.kind === 'endpoint' ? connection.url : 'http://127.0.0.1:4566'}
          />
          <TextField
            name="accessKeyId"
            label="Access key id"
            mono
            defaultValue={connection.kind === 'endpoint' ? connection.accessKeyId : ''}
          />
          <TextField
            name="secretAccessKey"
            label="Secret access key"
            type="password"
            mono
            hint="Kept in a sealed cookie of this browser."
          />
        </>
      )}
      {kind === 'aws' && (
        <>
          <Alert tone="warn" title="This is real AWS">
            Reading makes real API calls. Writing stays locked until you unlock it, for 15 minutes at a time.
          </Alert>
          <TextField
            name="profile"
            label="Profile"
            optional
            mono
            defaultValue={connection.kind === 'aws' ? connection.profile : ''}
            hint="Empty takes the default credential chain of this machine."
          />
          <TextField
            name="roleArn"
            label="Role to assume"
            optional
            mono
            defaultValue={connection.kind === 'aws' ? connection.roleArn : ''}
          />
        </>
      )}
      <TextField name="region" label="Region" mono defaultValue={connection.region} />
    </ActionForm>
  );
}
