import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { type Attempt, attempt, callRow } from '../calls.ts';
import { changeKeyPolicy, excerptOf, lastKmsDecision, type MadeKey, makeKey } from '../kit.ts';
import { maintenanceStatement, type Statement } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

interface World {
  key: MadeKey;
  readonly own: string;
  readonly strangers: string;
}

const BUCKET = 'ledger-tables';

/** The maintenance principal, whoever’s tables it works on. */
const ANYBODYS: Statement = {
  Sid: 'AllowMaintenance',
  Effect: 'Allow',
  Principal: { Service: 'maintenance.s3tables.amazonaws.com' },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
};

const look = (world: World): readonly Place[] => [
  { label: 'The key’s policy', page: 'key', name: world.key.id, tab: 'policy' },
  { label: 'Your table bucket', page: 'table-bucket', name: BUCKET, tab: 'encryption' },
];

async function createTable(stage: Stage, account: string, tableBucketARN: string, name: string): Promise<Attempt> {
  return attempt(
    stage
      .root(account)
      .s3tables.send(new CreateTableCommand({ tableBucketARN, namespace: 'main', name, format: 'ICEBERG' })),
  );
}

async function prepare(stage: Stage, account: string, name: string, kmsKeyArn: string): Promise<string> {
  const { s3tables } = stage.root(account);
  const { arn = '' } = await s3tables.send(
    new CreateTableBucketCommand({ name, encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn } }),
  );
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN: arn, namespace: ['main'] }));
  return arn;
}

export const confusedDeputy = scenario<World>({
  id: 'confused-deputy',
  title: 'The confused deputy',
  about:
    'A service principal works for everybody. A key policy that names it without a condition lets strangers use your key.',
  kinds: ['table bucket'],
  async build(stage) {
    const made = await makeKey(stage, 'ledger');
    const key = await changeKeyPolicy(stage, made, ANYBODYS);
    const own = await prepare(stage, stage.home, BUCKET, key.arn);
    // Another company learns the ARN of your key: it is no secret, it stands in every log.
    const strangers = await prepare(stage, stage.partner, 'strangers-tables', key.arn);
    return { key, own, strangers };
  },
  steps: [
    {
      title: 'A service gets your key',
      notes: ['This is the statement that people copy first. It works, which is why it stays.'],
      async play(stage, world) {
        const call = await createTable(stage, stage.home, world.own, 'entries');
        return {
          claim: 'You let S3 Tables use your key',
          lead: 'The service needs it to look after your tables, and your table is created.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf(
              'Key policy',
              world.key.policy,
              'AllowMaintenance',
              'bad',
              'Names a service, and nobody that it works for.',
            ),
          },
          figures: [{ value: call.ok ? 'Created' : 'Refused', label: 'your table main.entries' }],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'A stranger asks the service',
      notes: ['The stranger has no permission on your key. The service has, and it is the service that asks KMS.'],
      async play(stage, world) {
        const call = await createTable(stage, stage.partner, world.strangers, 'entries');
        const record = await stage.record(call.requestId, stage.partner);
        const asked = await lastKmsDecision(stage, call.requestId, stage.partner);
        return {
          claim: 'A stranger’s tables can use your key too',
          lead: 'Another account names your key for its bucket, and the same principal asks KMS on its behalf.',
          picture: asked
            ? { kind: 'decision', trace: asked }
            : { kind: 'calls', rows: [callRow(record, 'strangers-tables')] },
          figures: [{ value: call.ok ? 'Created' : 'Refused', label: 'the stranger’s table' }],
          look: look(world),
          holds: asked?.outcome === 'allow',
        };
      },
    },
    {
      title: 'The repair',
      notes: [
        'Every service principal in a policy wants a condition: on the encryption context here, on aws:SourceArn or aws:SourceAccount elsewhere.',
      ],
      async play(stage, world) {
        world.key = await changeKeyPolicy(stage, world.key, maintenanceStatement(world.own));
        return {
          claim: 'Say for whom the service may work',
          lead: 'S3 Tables sends the ARN of the table as encryption context. Allow yours, and nobody else’s.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf(
              'Key policy now',
              world.key.policy,
              'AllowS3TablesMaintenance',
              'good',
              'Only for tables of this bucket.',
            ),
          },
          figures: [],
          look: look(world),
          holds: world.key.policy.includes('kms:EncryptionContext:aws:s3:arn'),
        };
      },
    },
    {
      title: 'The stranger again',
      notes: ['Look at the condition: what the policy expects stands over what was sent.'],
      async play(stage, world) {
        const call = await createTable(stage, stage.partner, world.strangers, 'more');
        const record = await stage.record(call.requestId, stage.partner);
        const asked = await lastKmsDecision(stage, call.requestId, stage.partner);
        return {
          claim: 'The stranger is refused',
          lead: call.error?.message ?? 'The condition does not match a table of another account.',
          picture: asked
            ? { kind: 'decision', trace: asked }
            : { kind: 'calls', rows: [callRow(record, 'strangers-tables')] },
          figures: [],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'And you are not',
      notes: ['Nothing was taken from you. The console writes this condition by itself when it adds the statement.'],
      async play(stage, world) {
        const call = await createTable(stage, stage.home, world.own, 'more');
        const trace = await lastKmsDecision(stage, call.requestId);
        const record = await stage.record(call.requestId);
        return {
          claim: 'Your own tables never notice',
          lead: 'Same principal, same key, and a context that matches.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record, 'main.more')] },
          figures: [{ value: call.ok ? 'Created' : 'Refused', label: 'your table main.more' }],
          look: look(world),
          holds: call.ok,
        };
      },
    },
  ],
});
