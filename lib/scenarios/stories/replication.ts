import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { attempt, callRow } from '../calls.ts';
import { allow, bucketArn, lastKmsDecision, type MadeKey, makeBucket, makeKey, put } from '../kit.ts';
import { policy } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Fact, type Place, scenario } from '../story.ts';

interface World {
  readonly sourceKey: MadeKey;
  readonly targetKey: MadeKey;
  readonly source: string;
  readonly target: string;
  readonly role: string;
}

const ROLE = 'ReplicationRole';
const look = (world: World): readonly Place[] => [
  { label: 'The source', page: 'bucket', name: world.source },
  { label: 'The destination', page: 'bucket', name: world.target },
  { label: 'The destination’s key', page: 'key', name: world.targetKey.id },
];

/** What the role may do: read versions, write replicas, and use the keys that are given. */
async function permit(stage: Stage, world: World, ...keys: readonly ReturnType<typeof allow>[]): Promise<void> {
  await stage.root(stage.home).iam.send(
    new PutRolePolicyCommand({
      RoleName: ROLE,
      PolicyName: 'Replicate',
      PolicyDocument: policy(
        allow(
          'Read',
          ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
          `${bucketArn(world.source)}/*`,
        ),
        allow('Write', ['s3:ReplicateObject', 's3:ReplicateTags'], `${bucketArn(world.target)}/*`),
        ...keys,
      ),
    }),
  );
}

/** One rule; with the key of the replicas it takes objects under KMS too. */
async function replicate(stage: Stage, world: World, key?: MadeKey): Promise<void> {
  await stage.root(stage.home).s3.send(
    new PutBucketReplicationCommand({
      Bucket: world.source,
      ReplicationConfiguration: {
        Role: world.role,
        Rules: [
          {
            Status: 'Enabled',
            Priority: 1,
            Filter: {},
            DeleteMarkerReplication: { Status: 'Disabled' },
            ...(key !== undefined && { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } }),
            Destination: {
              Bucket: bucketArn(world.target),
              ...(key !== undefined && { EncryptionConfiguration: { ReplicaKmsKeyID: key.arn } }),
            },
          },
        ],
      },
    }),
  );
}

async function upload(stage: Stage, world: World, Key: string) {
  await put(stage.root(stage.home).s3, world.source, Key);
  await stage.replicated();
  const { s3 } = stage.root(stage.home);
  const source = await s3.send(new HeadObjectCommand({ Bucket: world.source, Key }));
  const replica = await attempt(s3.send(new GetObjectCommand({ Bucket: world.target, Key })));
  const head = replica.ok ? await s3.send(new HeadObjectCommand({ Bucket: world.target, Key })) : undefined;
  const status = source.ReplicationStatus ?? 'none';
  const facts: readonly Fact[] = [
    { label: 'Object', value: Key, mono: true },
    { label: 'Replication status', value: status, tone: status === 'COMPLETED' ? 'good' : 'bad' },
    { label: 'Replica', value: replica.ok ? 'There' : 'Not there', tone: replica.ok ? 'good' : 'bad' },
    ...(head?.SSEKMSKeyId === undefined ? [] : [{ label: 'Key of the replica', value: head.SSEKMSKeyId, mono: true }]),
  ];
  return { status, facts, replica, key: head?.SSEKMSKeyId };
}

/** What the role did last, read first and written second. */
async function byRole(stage: Stage, world: World) {
  const all = [...(await stage.records(bucketArn(world.source))), ...(await stage.records(bucketArn(world.target)))];
  return all.filter(({ principalArn }) => principalArn.includes(`/${ROLE}/`)).slice(-2);
}

export const replication = scenario<World>({
  id: 'replication-with-keys',
  title: 'Replication with keys',
  about:
    'Encrypted objects are left out unless a rule takes them, and the role needs both keys: one to open, one to close.',
  kinds: ['general purpose bucket'],
  async build(stage) {
    const sourceKey = await makeKey(stage, 'orders');
    const targetKey = await makeKey(stage, 'orders-copy');
    const source = await makeBucket(stage, `orders-${stage.home}`, { key: sourceKey, bucketKey: false });
    const target = await makeBucket(stage, `orders-copy-${stage.home}`);
    const { s3, iam } = stage.root(stage.home);
    for (const Bucket of [source, target]) {
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    }
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: ROLE,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    const world = { sourceKey, targetKey, source, target, role: Role?.Arn ?? '' };
    await permit(stage, world);
    await replicate(stage, world);
    return world;
  },
  steps: [
    {
      title: 'Replication is on',
      notes: ['Versioning, role, rule: everything as in the guide. The bucket’s default encryption is SSE-KMS.'],
      async play(stage, world) {
        const { status, facts, replica } = await upload(stage, world, '2026/1.json');
        return {
          claim: 'Replication is on, and nothing arrives',
          lead: 'No error, no event, no status. Objects under KMS are left out unless a rule says otherwise.',
          picture: { kind: 'facts', facts },
          figures: [{ value: status, label: 'replication status of the object' }],
          look: look(world),
          holds: !replica.ok && status === 'none',
        };
      },
    },
    {
      title: 'The rule takes them',
      notes: [
        'SseKmsEncryptedObjects and ReplicaKmsKeyID belong together. S3 does not check the key when the rule is put.',
      ],
      async play(stage, world) {
        await replicate(stage, world, world.targetKey);
        const { status, facts, replica } = await upload(stage, world, '2026/2.json');
        return {
          claim: 'The rule takes encrypted objects, and fails',
          lead: 'Now there is a status at least. Nobody is told unless they ask for it.',
          picture: { kind: 'facts', facts },
          figures: [{ value: status, label: 'replication status of the object' }],
          look: look(world),
          holds: !replica.ok && status === 'FAILED',
        };
      },
    },
    {
      title: 'Who was refused',
      notes: ['S3 works as the role. It is the role that needs the keys, not whoever uploaded.'],
      async play(stage, world) {
        const records = await byRole(stage, world);
        const refused = records.find(({ decisions }) => decisions.some(({ outcome }) => outcome !== 'allow'));
        const trace = refused && (await lastKmsDecision(stage, refused.requestId));
        return {
          claim: 'KMS refused the role that replicates',
          lead: 'It may read and write objects. Nobody gave it a key.',
          picture: trace
            ? { kind: 'decision', trace }
            : { kind: 'calls', rows: records.map((record) => callRow(record)) },
          figures: [],
          look: look(world),
          holds: trace !== undefined && trace.outcome !== 'allow',
        };
      },
    },
    {
      title: 'One key is half a door',
      notes: ['A very common state: the source key is remembered, that of the destination is not.'],
      async play(stage, world) {
        await permit(stage, world, allow('Open', ['kms:Decrypt'], world.sourceKey.arn));
        const { status, facts, replica } = await upload(stage, world, '2026/3.json');
        return {
          claim: 'To open is not enough',
          lead: 'The role may decrypt with the source’s key now. The replica has to be closed with another.',
          picture: { kind: 'facts', facts },
          figures: [{ value: status, label: 'replication status of the object' }],
          look: look(world),
          holds: !replica.ok && status === 'FAILED',
        };
      },
    },
    {
      title: 'Both keys',
      notes: ['Objects that failed are not tried again by themselves: that is what S3 Batch Replication is for.'],
      async play(stage, world) {
        await permit(
          stage,
          world,
          allow('Open', ['kms:Decrypt'], world.sourceKey.arn),
          allow('Close', ['kms:Encrypt'], world.targetKey.arn),
        );
        const { status, facts, replica, key } = await upload(stage, world, '2026/4.json');
        return {
          claim: 'With both keys, the replica arrives',
          lead: 'Decrypt on the source’s key, Encrypt on that of the destination.',
          picture: { kind: 'facts', facts },
          figures: [{ value: status, label: 'replication status of the object' }],
          look: look(world),
          holds: replica.ok && status === 'COMPLETED' && key === world.targetKey.arn,
        };
      },
    },
    {
      title: 'What it cost',
      notes: ['Two requests to KMS for each object without bucket keys. Count them when you plan.'],
      async play(stage, world) {
        const records = await byRole(stage, world);
        const made = records.flatMap(({ keyOperations }) => keyOperations).filter(({ kind }) => kind === 'made').length;
        return {
          claim: 'Every object asks KMS twice',
          lead: 'Once to read the source, once to write the replica, both as the role.',
          picture: { kind: 'calls', rows: records.map((record) => callRow(record)) },
          figures: [{ value: String(made), label: 'requests to KMS for one object' }],
          look: look(world),
          holds: made === 2,
        };
      },
    },
  ],
});
