import { HeadObjectCommand, PutBucketPolicyCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { callRow } from '../calls.ts';
import {
  bucketArn,
  decisionOn,
  type MadeKey,
  makeBucket,
  makeKey,
  makeRole,
  objectsOf,
  type Person,
  put,
  useOf,
} from '../kit.ts';
import { policy } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Excerpt, type Fact, type Place, scenario } from '../story.ts';

interface World {
  readonly key: MadeKey;
  readonly bucket: string;
  readonly job: Person;
  /** Properties of the job's core-site.xml, in their order. */
  site: readonly (readonly [name: string, value: string])[];
}

const ALGORITHM = 'fs.s3a.encryption.algorithm';
const KEY = 'fs.s3a.encryption.key';
/** What somebody typed: close enough that nobody sees it, and Hadoop ignores what it does not know. */
const WRONG_KEY = 'fs.s3a.encryption.kms.key';

const look = (world: World): readonly Place[] => [
  { label: 'The bucket', page: 'bucket', name: world.bucket },
  { label: 'The key', page: 'key', name: world.key.id },
];

/** The headers that S3A makes of a configuration (HD-01 … HD-03): it reads the names it knows, and says nothing of others. */
function headersOf(site: World['site']): Partial<PutObjectCommandInput> {
  const properties = new Map(site);
  if (properties.get(ALGORITHM) !== 'SSE-KMS') return {};
  const key = properties.get(KEY) ?? '';
  return { ServerSideEncryption: 'aws:kms', ...(key !== '' && { SSEKMSKeyId: key }) };
}

function excerpt(site: World['site'], marked: string, tone: 'good' | 'bad', says: string): Excerpt {
  const lines = ['<configuration>'];
  let mark: readonly [number, number] = [1, 1];
  for (const [name, value] of site) {
    const first = lines.length + 1;
    lines.push('  <property>', `    <name>${name}</name>`, `    <value>${value}</value>`, '  </property>');
    if (name === marked) mark = [first, lines.length];
  }
  return { title: 'core-site.xml', text: [...lines, '</configuration>'].join('\n'), mark: { lines: mark, tone }, says };
}

async function write(stage: Stage, world: World, name: string) {
  const call = await put(world.job.s3, world.bucket, name, headersOf(world.site));
  return { call, record: await stage.record(call.requestId) };
}

async function facts(stage: Stage, world: World, name: string): Promise<{ key: string; facts: readonly Fact[] }> {
  const head = await stage.root(stage.home).s3.send(new HeadObjectCommand({ Bucket: world.bucket, Key: name }));
  const key = head.SSEKMSKeyId ?? 'none';
  const right = key === world.key.arn;
  return {
    key,
    facts: [
      { label: 'File', value: name, mono: true },
      { label: 'Encryption', value: head.ServerSideEncryption ?? 'none' },
      { label: 'Key of the file', value: key, mono: true, tone: right ? 'good' : 'bad' },
      { label: 'Key that was meant', value: world.key.arn, mono: true },
    ],
  };
}

export const hadoop = scenario<World>({
  id: 'hadoop-wrong-property',
  title: 'A Hadoop job with the wrong property',
  about: 'S3A ignores properties that it does not know. A typing error encrypts with another key, and says nothing.',
  kinds: ['general purpose bucket'],
  async build(stage) {
    const key = await makeKey(stage, 'warehouse');
    const bucket = await makeBucket(stage, `warehouse-${stage.home}`);
    const job = await makeRole(stage, 'SparkJob', [objectsOf(bucket), useOf(key)]);
    const site = [
      [ALGORITHM, 'SSE-KMS'],
      [WRONG_KEY, key.arn],
    ] as const;
    return { key, bucket, job, site };
  },
  steps: [
    {
      title: 'A configuration',
      notes: ['Let the room read it. The property is called fs.s3a.encryption.key; the old name still works too.'],
      play(_stage, world) {
        return Promise.resolve({
          claim: 'A job is configured for SSE-KMS',
          lead: 'Algorithm and key, as the team’s guide says. Nearly.',
          picture: {
            kind: 'excerpt',
            excerpt: excerpt(world.site, WRONG_KEY, 'bad', 'S3A knows no property of this name.'),
          },
          figures: [],
          look: look(world),
          holds: headersOf(world.site).SSEKMSKeyId === undefined,
        });
      },
    },
    {
      title: 'The job runs',
      notes: ['Green everywhere: in Spark, in S3, in the metrics.'],
      async play(stage, world) {
        const { call, record } = await write(stage, world, 'sales/part-00000.parquet');
        return {
          claim: 'The job runs, and nothing complains',
          lead: 'S3A asked for aws:kms and named no key.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'What was really written',
      notes: [
        'SSE-KMS without a key means aws/s3. Its policy can’t be changed, and nobody outside the account can ever read these files.',
      ],
      async play(stage, world) {
        const found = await facts(stage, world, 'sales/part-00000.parquet');
        return {
          claim: 'It used the AWS managed key',
          lead: 'Encrypted, yes. Under a key whose policy nobody can change or share.',
          picture: { kind: 'facts', facts: found.facts },
          figures: [],
          look: look(world),
          holds: found.key !== world.key.arn && found.key.startsWith('arn:aws:kms:'),
        };
      },
    },
    {
      title: 'A net under it',
      notes: [
        'Deny what names another key, or none. The value is aws:kms in S3’s words, never SSE-KMS as in Hadoop’s.',
      ],
      async play(stage, world) {
        await stage.root(stage.home).s3.send(
          new PutBucketPolicyCommand({
            Bucket: world.bucket,
            Policy: policy({
              Sid: 'OnlyTheWarehouseKey',
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:PutObject',
              Resource: `${bucketArn(world.bucket)}/*`,
              Condition: {
                StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': world.key.arn },
              },
            }),
          }),
        );
        const { call, record } = await write(stage, world, 'sales/part-00001.parquet');
        const trace = await decisionOn(stage, call.requestId, 's3:PutObject');
        return {
          claim: 'A bucket policy turns silence into an error',
          lead: 'The next run fails on its first file, and not in the audit.',
          picture: trace
            ? { kind: 'decision', trace, ...(call.error !== undefined && { sentence: call.error.message }) }
            : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: [{ label: 'The bucket’s policy', page: 'bucket', name: world.bucket, tab: 'policy' }, ...look(world)],
          holds: !call.ok,
        };
      },
    },
    {
      title: 'One word less',
      notes: ['Files that were written before keep their key. Rewriting them means copying them.'],
      async play(stage, world) {
        world.site = [
          [ALGORITHM, 'SSE-KMS'],
          [KEY, world.key.arn],
        ];
        const { call } = await write(stage, world, 'sales/part-00001.parquet');
        const found = call.ok ? await facts(stage, world, 'sales/part-00001.parquet') : undefined;
        return {
          claim: 'With the right name, the right key',
          lead: 'Same job, same value, one property renamed.',
          picture: {
            kind: 'excerpt',
            excerpt: excerpt(world.site, KEY, 'good', 'S3A sends this key with every file it writes.'),
          },
          figures: [{ value: call.ok ? 'Accepted' : 'Refused', label: 'the next file' }],
          look: look(world),
          holds: found?.key === world.key.arn,
        };
      },
    },
  ],
});
