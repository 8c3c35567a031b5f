import { GetObjectCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { attempt, callRow } from '../calls.ts';
import {
  allow,
  allowRole,
  bucketArn,
  changeKeyPolicy,
  decisionOn,
  excerptOf,
  type MadeKey,
  makeBucket,
  makeKey,
  makeRole,
  type Person,
  put,
} from '../kit.ts';
import { policy } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

interface World {
  key: MadeKey;
  readonly bucket: string;
  readonly reader: Person;
}

const look = (world: World): readonly Place[] => [
  { label: 'The key’s policy', page: 'key', name: world.key.id, tab: 'policy' },
  { label: 'The bucket’s policy', page: 'bucket', name: world.bucket, tab: 'policy' },
];

const readObjects = (world: Pick<World, 'bucket'>) =>
  allow('ReadReports', ['s3:GetObject'], `${bucketArn(world.bucket)}/*`);

const read = (world: World, Key: string) =>
  attempt(world.reader.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key })));

async function refusal(stage: Stage, world: World, Key: string) {
  const call = await read(world, Key);
  const trace = await decisionOn(stage, call.requestId, 'kms:Decrypt', stage.partner);
  const record = await stage.record(call.requestId, stage.partner);
  return { call, trace, record };
}

export const crossAccount = scenario<World>({
  id: 'cross-account',
  title: 'Sharing with another account',
  about: 'Three doors have to open: the bucket policy, the key policy, and the reader’s own policy.',
  kinds: ['general purpose bucket'],
  async build(stage) {
    const key = await makeKey(stage, 'shared-reports');
    const bucket = await makeBucket(stage, `shared-reports-${stage.home}`);
    await stage.root(stage.home).s3.send(
      new PutBucketPolicyCommand({
        Bucket: bucket,
        Policy: policy({
          Sid: 'PartnerReads',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${stage.partner}:root` },
          Action: 's3:GetObject',
          Resource: `${bucketArn(bucket)}/*`,
        }),
      }),
    );
    const reader = await makeRole(stage, 'PartnerReader', [readObjects({ bucket })], stage.partner);
    return { key, bucket, reader };
  },
  steps: [
    {
      title: 'The default can’t be shared',
      notes: ['The policy of an AWS managed key can’t be changed, and it names one account: yours.'],
      async play(stage, world) {
        await put(stage.root(stage.home).s3, world.bucket, 'managed.csv', { ServerSideEncryption: 'aws:kms' });
        const { call, trace, record } = await refusal(stage, world, 'managed.csv');
        return {
          claim: 'With the AWS managed key, nothing can be shared',
          lead: 'The bucket policy lets the partner in. aws/s3 does not, and its policy can’t be changed.',
          picture: trace
            ? { kind: 'decision', trace, ...(call.error !== undefined && { sentence: call.error.message }) }
            : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'A key of your own',
      notes: ['The bucket policy was never the problem. People change it anyway, for hours.'],
      async play(stage, world) {
        await put(stage.root(stage.home).s3, world.bucket, 'report.csv', {
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: world.key.arn,
        });
        const { call, trace, record } = await refusal(stage, world, 'report.csv');
        return {
          claim: 'A customer managed key alone does not help',
          lead: 'Its policy speaks for your account only.',
          picture: trace
            ? { kind: 'decision', trace, ...(call.error !== undefined && { sentence: call.error.message }) }
            : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'The key policy opens',
      notes: [
        'The statement names the account, not the role: which of its people may use the key is the partner’s to say.',
      ],
      async play(stage, world) {
        world.key = await changeKeyPolicy(stage, world.key, {
          Sid: 'PartnerDecrypts',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${stage.partner}:root` },
          Action: ['kms:Decrypt', 'kms:DescribeKey'],
          Resource: '*',
        });
        const { call } = await refusal(stage, world, 'report.csv');
        return {
          claim: 'The key policy lets the partner’s account in',
          lead: call.ok
            ? 'And the partner can read.'
            : 'And it is still refused: between accounts, both sides have to say yes.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf('Key policy', world.key.policy, 'PartnerDecrypts', 'good', 'Your side says yes.'),
          },
          figures: [{ value: call.error?.code ?? 'none', label: 'what the partner still sees' }],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'The partner’s side',
      notes: ['Full key ARN: an alias or a key id would be looked up in the partner’s own account.'],
      async play(stage, world) {
        await allowRole(
          stage,
          world.reader.name,
          [readObjects(world), allow('UsePartnersKey', ['kms:Decrypt'], world.key.arn)],
          stage.partner,
        );
        const { call, trace, record } = await refusal(stage, world, 'report.csv');
        return {
          claim: 'The partner’s own policy opens the last door',
          lead: 'PartnerReader may now call kms:Decrypt on your key, by its full ARN.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'Who sees it',
      notes: ['Use of your key from another account appears in both trails, under one shared event id.'],
      async play(stage, world) {
        const call = await read(world, 'report.csv');
        const record = await stage.record(call.requestId, stage.partner);
        return {
          claim: 'Both accounts see the use of the key',
          lead: 'The owner of the key is told in its own CloudTrail. The request counts against the caller’s quota.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: [{ label: 'Audit trail', page: 'audit' }, ...look(world)],
          holds: call.ok,
        };
      },
    },
  ],
});
