/** What an emulator that is killed has acknowledged is there when it starts again, and nothing is half there. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { makeBucket } from './actors.ts';
import { ROOT } from './harness.ts';

const KILLS = 50;
const WORKERS = 6;
/** Each worker overwrites its own few keys again and again. */
const KEYS_PER_WORKER = 4;
const Bucket = 'survivors';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What may be found under a key: what was acknowledged last, or what was on its way when the process died. */
class Expected {
  acknowledged: string | undefined;
  underWay: string | undefined;
}

class Emulator {
  readonly #child: ChildProcess;
  readonly s3: S3Client;
  readonly kms: KMSClient;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    const settings = { endpoint, region: 'us-east-1', credentials: ROOT, maxAttempts: 1 };
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.kms = new KMSClient(settings);
  }

  static async start(dataDir: string): Promise<Emulator> {
    const script = fileURLToPath(new URL('kill-emulator.ts', import.meta.url));
    const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    for await (const url of createInterface({ input: child.stdout })) return new Emulator(child, url);
    throw new Error('The emulator did not start.');
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
    this.s3.destroy();
    this.kms.destroy();
  }
}

/** Uploads with all workers until `count` answers have come, then kills the emulator in the middle of the others. */
async function uploadAndKill(emulator: Emulator, objects: Map<string, Expected>, count: number): Promise<number> {
  let answers = 0;
  let killed: Promise<void> | undefined;
  async function work(worker: number): Promise<void> {
    for (let step = 0; killed === undefined; step++) {
      const Key = `${worker}/${step % KEYS_PER_WORKER}`;
      // Two of six workers send large bodies, which stream to files; the rest fits into a row.
      const Body = randomBytes(worker < 2 ? 100_000 + worker * 900_000 : 1 + step * 97 * worker);
      const expected = objects.get(Key) ?? new Expected();
      objects.set(Key, expected);
      expected.underWay = hashOf(Body);
      try {
        await emulator.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      } catch (error) {
        if (killed === undefined) throw error;
        return;
      }
      expected.acknowledged = expected.underWay;
      expected.underWay = undefined;
      answers++;
      if (answers >= count) killed ??= emulator.kill();
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  await killed;
  return answers;
}

/** Reads every key and compares it with what it may be. */
async function inspect(emulator: Emulator, objects: Map<string, Expected>): Promise<void> {
  await Promise.all(
    [...objects].map(async ([Key, expected]) => {
      const found = await emulator.s3
        .send(new GetObjectCommand({ Bucket, Key }))
        .then(async ({ Body }) => hashOf((await Body?.transformToByteArray()) ?? new Uint8Array()))
        .catch((error: unknown) => {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        });
      const allowed = expected.underWay === undefined ? [] : [expected.underWay];
      expect({ Key, found, allowed: [expected.acknowledged, ...allowed] }).toMatchObject({
        allowed: expect.arrayContaining([found]),
      });
      expected.acknowledged = found;
      expected.underWay = undefined;
    }),
  );
}

test(`killed ${KILLS} times in the middle of concurrent uploads, every acknowledged object is readable and intact, none is half there`, {
  timeout: 600_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sse-kms-kill-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  let emulator = await Emulator.start(dataDir);
  const { KeyMetadata } = await emulator.kms.send(new CreateKeyCommand({}));
  await makeBucket(emulator.s3, Bucket, { key: KeyMetadata?.Arn ?? '', bucketKey: true });
  const objects = new Map<string, Expected>();
  let answers = 0;
  for (let round = 0; round < KILLS; round++) {
    answers += await uploadAndKill(emulator, objects, 1 + ((round * 11) % 30));
    emulator = await Emulator.start(dataDir);
    await inspect(emulator, objects);
  }
  await emulator.kill();
  expect(answers).toBeGreaterThan(KILLS * 10);
  // Overwritten bodies and those that were never finished are gone from the disk too.
  const files = readdirSync(join(dataDir, 'bodies'), { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile()).length).toBeLessThanOrEqual(2 * KEYS_PER_WORKER);
});
