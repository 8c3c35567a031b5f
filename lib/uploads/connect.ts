import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { STSClient } from '@aws-sdk/client-sts';
import { type EmulatorAddress, openDoor } from './emulator-door.ts';
import type { UploadCredentials } from './principal.ts';
import type { UploadConnection } from './run.ts';

/** Where the process connects to. Secrets go over the channel, never into arguments or the environment. */
export interface RunLink {
  readonly region: string;
  /** Absent on AWS, where the SDK knows the addresses. */
  readonly endpoint?: string;
  readonly credentials: UploadCredentials;
  readonly emulator?: EmulatorAddress;
  /** Directory of the store. */
  readonly dataDir: string;
}

const SOCKETS = 96;

/** The clients of a run. */
export function connectRun({ region, endpoint, credentials, emulator }: Omit<RunLink, 'dataDir'>): UploadConnection {
  const settings = {
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
    // A run shows each refusal as it came: nothing is tried again behind its back.
    maxAttempts: 1,
  };
  // One pool of connections for all sessions.
  const first = new S3Client({
    ...settings,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 120_000, httpAgent: { maxSockets: SOCKETS } },
  });
  const { requestHandler } = first.config;
  return {
    iam: new IAMClient(settings),
    sts: new STSClient(settings),
    clientsFor(own, identities) {
      const shared = { ...settings, requestHandler, ...(own && { credentials: own }) };
      return {
        s3: new S3Client({
          ...shared,
          ...(endpoint !== undefined && { forcePathStyle: true }),
          ...(identities && {
            s3ExpressIdentityProvider: {
              getS3ExpressIdentity: (_identity: unknown, { Bucket = '' }: { Bucket?: string }) => identities(Bucket),
            },
          }),
        }),
        s3tables: new S3TablesClient(shared),
      };
    },
    ...(emulator && { door: openDoor(emulator) }),
  };
}
