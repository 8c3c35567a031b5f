import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { attempt, callRow } from '../calls.ts';
import {
  allow,
  changeKeyPolicy,
  excerptOf,
  lastKmsDecision,
  type MadeKey,
  makeKey,
  makeRole,
  type Person,
} from '../kit.ts';
import { maintenanceStatement } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

interface World {
  readonly arn: string;
  readonly client: Person;
  key: MadeKey;
  /** Of the run that was refused. */
  refused: string;
}

const BUCKET = 'lakehouse';
const PRINCIPAL = 'maintenance.s3tables.amazonaws.com';

const run = (stage: Stage, world: World) =>
  stage.maintain({ tableBucketARN: world.arn, namespace: 'sales', name: 'orders' });

const newTable = (world: World, name: string) =>
  attempt(
    world.client.s3tables.send(
      new CreateTableCommand({ tableBucketARN: world.arn, namespace: 'sales', name, format: 'ICEBERG' }),
    ),
  );

const look = ({ key }: World): readonly Place[] => [
  { label: 'The key’s policy', page: 'key', name: key.id, tab: 'policy' },
  { label: 'Required principals', page: 'table-bucket', name: BUCKET, tab: 'encryption' },
];

export const maintenance = scenario<World>({
  id: 'maintenance-stopped',
  title: 'Maintenance stopped by a key policy',
  about: 'A key policy that is tidied up too far lets writers go on and silently stops the care of their tables.',
  kinds: ['table bucket'],
  async build(stage) {
    const arn = `arn:aws:s3tables:${stage.region}:${stage.home}:bucket/${BUCKET}`;
    const key = await makeKey(stage, 'lakehouse', [maintenanceStatement(arn)]);
    const client = await makeRole(stage, 'IcebergClient', [
      allow('Tables', ['s3tables:*'], arn, `${arn}/*`),
      allow('UseKey', ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:DescribeKey'], key.arn),
    ]);
    const { s3tables } = stage.root(stage.home);
    await s3tables.send(
      new CreateTableBucketCommand({
        name: BUCKET,
        encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: key.arn },
      }),
    );
    await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['sales'] }));
    const fields = [{ name: 'id', type: 'long', required: true }];
    await s3tables.send(
      new CreateTableCommand({
        tableBucketARN: arn,
        namespace: 'sales',
        name: 'orders',
        format: 'ICEBERG',
        metadata: { iceberg: { schema: { fields } } },
      }),
    );
    return { arn, client, key, refused: '' };
  },
  steps: [
    {
      title: 'Who looks after the tables',
      notes: [
        'Compaction, snapshot management and removal of unreferenced files are done by a service principal, not by you.',
        'It reads and writes your data, so it needs your key: through the key policy, because IAM policies can’t name a service.',
      ],
      async play(stage, world) {
        const record = await run(stage, world);
        const trace = await lastKmsDecision(stage, record.requestId);
        const made = record.keyOperations.filter(({ kind }) => kind === 'made').length;
        return {
          claim: 'A service principal cares for your tables with your key',
          lead: `${PRINCIPAL} asks KMS, and the key policy decides.`,
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record, 'sales.orders')] },
          figures: [{ value: String(made), label: made === 1 ? 'request to KMS' : 'requests to KMS' }],
          look: [...look(world), { label: 'This decision', page: 'decision', requestId: record.requestId }],
          holds: trace?.outcome === 'allow',
        };
      },
    },
    {
      title: 'Somebody tidies up',
      notes: [
        'Nobody knew the principal, and no human ever used it. A clean-up of key policies removes such statements first.',
        'KMS accepts the new policy: it locks nobody out of managing the key.',
      ],
      async play(stage, world) {
        const before = world.key.policy;
        world.key = await changeKeyPolicy(stage, world.key);
        const gone = !world.key.policy.includes(PRINCIPAL);
        return {
          claim: 'One statement is removed, and nothing complains',
          lead: 'PutKeyPolicy succeeds. No table, bucket or client is asked.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf(
              'Key policy before',
              before,
              'AllowS3TablesMaintenance',
              'bad',
              'This statement is gone now.',
            ),
          },
          figures: [],
          look: look(world),
          holds: gone,
        };
      },
    },
    {
      title: 'Writers notice nothing',
      notes: ['The client’s permission comes through IAM and the account statement, which is still there.'],
      async play(stage, world) {
        await stage.advance(1800);
        const call = await attempt(
          world.client.s3tables.send(new CreateNamespaceCommand({ tableBucketARN: world.arn, namespace: ['returns'] })),
        );
        const record = await stage.record(call.requestId);
        return {
          claim: 'Half an hour later, clients still work',
          lead: 'What they need was never in the statement that went.',
          picture: { kind: 'calls', rows: [callRow(record, 'returns')] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'Maintenance is refused',
      notes: [
        'Only the maintenance status of each table and one event in CloudTrail tell of it.',
        'Small files pile up, snapshots are kept for ever, and costs grow.',
      ],
      async play(stage, world) {
        const record = await run(stage, world);
        world.refused = record.requestId;
        const trace = await lastKmsDecision(stage, record.requestId);
        return {
          claim: 'The next maintenance is refused by KMS',
          lead: 'The account statement speaks for people of the account, not for services.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record, 'sales.orders')] },
          figures: [],
          look: [...look(world), { label: 'This decision', page: 'decision', requestId: record.requestId }],
          holds: trace !== undefined && trace.outcome !== 'allow',
        };
      },
    },
    {
      title: 'No new table either',
      notes: ['CreateTable proves first that maintenance can use the key. This is where most people notice.'],
      async play(stage, world) {
        const call = await newTable(world, 'refunds');
        const record = await stage.record(call.requestId);
        return {
          claim: 'And no table can be created any more',
          lead: 'The caller has every permission. It is the maintenance principal that lacks one.',
          picture: { kind: 'calls', rows: [callRow(record, 'sales.refunds')] },
          figures: [{ value: call.error?.code ?? 'none', label: 'error code that the caller sees' }],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'The statement comes back',
      notes: ['The condition keeps the principal to tables of this bucket: see the confused deputy.'],
      async play(stage, world) {
        world.key = await changeKeyPolicy(stage, world.key, maintenanceStatement(world.arn));
        const call = await newTable(world, 'refunds');
        const record = await run(stage, world);
        const trace = await lastKmsDecision(stage, record.requestId);
        return {
          claim: 'Two actions for one principal, and all is well',
          lead: 'GenerateDataKey and Decrypt, for tables of this bucket only.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf(
              'Key policy now',
              world.key.policy,
              'AllowS3TablesMaintenance',
              'good',
              'Maintenance may use the key again.',
            ),
          },
          figures: [
            { value: call.ok ? 'Created' : 'Refused', label: 'table sales.refunds' },
            { value: trace?.outcome === 'allow' ? 'Allowed' : 'Refused', label: 'maintenance of sales.orders' },
          ],
          look: look(world),
          holds: call.ok && trace?.outcome === 'allow',
        };
      },
    },
  ],
});
