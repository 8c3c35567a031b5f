'use client';

import { useState } from 'react';
import { switchConnection, testConnection } from '@/app/(console)/settings/actions';
import type { Connection } from '@/lib/aws/connection';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { ActionForm, Choice, TextArea, TextField } from '../ui/form';
import { useAction } from '../ui/use-action';

/** Chooses among the emulator, another endpoint and AWS. */
export function ConnectionForm({ connection, emulator }: { connection: Connection; emulator: string }) {
  const [kind, setKind] = useState(connection.kind);
  const [nature, setNature] = useState(connection.kind === 'endpoint' && connection.real ? 'real' : 'simulated');
  return (
    <ActionForm action={switchConnection} submit="Use this connection" cancel={<TestConnection />}>
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
            hint="Kept sealed on the machine that runs the console. It never goes back to a browser."
          />
          <TextField
            name="sessionToken"
            label="Session token"
            optional
            type="password"
            mono
            hint="Of temporary credentials."
          />
          <TextArea
            name="ca"
            label="CA certificate"
            optional
            rows={4}
            defaultValue={connection.kind === 'endpoint' ? (connection.ca ?? '') : ''}
            hint="PEM. Where the endpoint's TLS certificate comes from an authority of your own."
          />
          <Choice
            name="nature"
            legend="What is behind it"
            value={nature}
            onValue={(value) => setNature(value === 'real' ? 'real' : 'simulated')}
            options={[
              { value: 'simulated', label: 'A simulation', about: 'Changes are free: an emulator, a test system.' },
              {
                value: 'real',
                label: 'Something real',
                about: 'Locked like AWS: read-only until you unlock writing. Host names of AWS always are.',
              },
            ]}
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

/** Tries what the form says, and tells who it is signed in as there. */
function TestConnection() {
  const { run, showPending } = useAction(testConnection, { flashFailures: true });
  return (
    <Button
      onClick={(event) => {
        const { form } = event.currentTarget;
        if (form) run(new FormData(form));
      }}
    >
      {showPending ? 'Asking…' : 'Test'}
    </Button>
  );
}
