import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { bodyMaker } from './body.ts';
import { openTable, type TableWriter } from './iceberg/append.ts';
import { scanTable } from './iceberg/scan.ts';
import type { ObjectEvent } from './iceberg/storage.ts';
import type { Requester, UploadPlan, UploadTarget } from './plan.ts';
import type { UploadedObject } from './record.ts';
import type { Actor, Sessions } from './sessions.ts';
import { DEFAULT_COLUMNS, makeRows } from './table-rows.ts';
import { timed } from './timed.ts';
import { operationAt, type Turn } from './turns.ts';

/** One request that a run made, as far as the client knows it. */
export type WrittenRequest = Omit<UploadedObject, 'index' | 'keyOperations'>;

/** Performs a turn and tells of each request; resolves also when one was refused. */
export type Performer = (turn: Turn, tell: (request: WrittenRequest) => void) => Promise<void>;

/** Parts of a multipart upload are at least this large, but for the last. */
const PART = 5 * 1_048_576;
/** Manifests that a query of a table looks into. */
const MANIFESTS_OF_QUERY = 5;

interface Surroundings {
  readonly plan: UploadPlan;
  readonly runId: string;
  readonly sessions: Sessions;
  /** Objects that were there before, for reads and copies. */
  readonly existing: readonly string[];
}

/** The performer for one requester of a plan. */
export function createPerformer(requester: Requester, around: Surroundings): Performer {
  return requester.target.kind === 'table'
    ? tablePerformer(requester, requester.target, around)
    : objectPerformer(requester, requester.target.bucket, around);
}

type TableTarget = Extract<UploadTarget, { kind: 'table' }>;

/** Appends and queries: each append is a data file with a snapshot of its own. The requests of the commits are told too. */
function tablePerformer(requester: Requester, target: TableTarget, { plan, sessions }: Surroundings): Performer {
  const table = { tableBucketARN: target.tableBucketArn, namespace: target.namespace, name: target.name };
  let opened: { readonly actor: Actor; readonly writer: Promise<TableWriter> } | undefined;
  let listener: (event: ObjectEvent) => void = () => undefined;

  async function writerOf(actor: Actor): Promise<TableWriter> {
    if (opened?.actor !== actor) {
      const writer = openTable({ ...actor, table, columns: DEFAULT_COLUMNS, onObject: (event) => listener(event) });
      opened = { actor, writer };
      writer.catch(() => (opened = undefined));
    }
    return opened.writer;
  }

  return async (turn, tell) => {
    const { kind, size } = operationAt(requester, turn, plan.seed);
    const actor = await sessions.actor(turn.turn);
    const report = ({ operation, key, bytes, latencyMs, requestId = '', error }: ObjectEvent) =>
      tell({
        ...turn,
        operation,
        key,
        bytes: operation === 'UpdateTableMetadataLocation' ? 0 : bytes,
        latencyMs,
        requestId,
        status: error === undefined ? 200 : 0,
        ...(actor.accessKeyId !== undefined && { accessKeyId: actor.accessKeyId }),
        ...(error && { error }),
      });
    try {
      if (kind === 'scan') {
        await scanTable({ ...actor, table, onObject: report, mostManifests: MANIFESTS_OF_QUERY });
        return;
      }
      // The next append of this writer comes after the one before: what it sends is this turn's.
      listener = report;
      const writer = await writerOf(actor);
      const rows = makeRows(writer.columns() ?? DEFAULT_COLUMNS, size, turn.turn * 100_000);
      await writer.commit([await writer.writeDataFile(rows)]);
    } catch (error) {
      // Refused requests have been told one by one; anything else is no answer of AWS and ends the run.
      if (!isRefusal(error)) throw error;
    }
  };
}

const isRefusal = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;

/** Objects of a bucket: written, read, copied, listed. */
function objectPerformer(requester: Requester, Bucket: string, around: Surroundings): Performer {
  const { plan, runId, sessions, existing } = around;
  const largest = requester.sizes === 'varied' ? requester.size * 2 : requester.size;
  const makeBody = bodyMaker(largest);
  const written: string[] = [];
  const bucketKey = requester.bucketKey === 'default' ? {} : { BucketKeyEnabled: requester.bucketKey === 'on' };

  /** An object that is there: of before, or one that this requester has written. */
  const some = (draw: number): string | undefined => {
    const index = Math.floor(draw * (existing.length + written.length));
    return existing[index] ?? written[index - existing.length];
  };

  return async (turn, tell) => {
    const { kind, size, draw } = operationAt(requester, turn, plan.seed);
    const actor = await sessions.actor(turn.turn);
    const { s3 } = actor;
    const key = `uploads/${runId}/${turn.requester + 1}-${String(turn.turn).padStart(6, '0')}`;
    const send = async (operation: string, call: Parameters<typeof timed>[1], more: { key: string; bytes: number }) => {
      const request = await timed(operation, call);
      tell({
        ...turn,
        ...request,
        ...more,
        ...(actor.accessKeyId !== undefined && { accessKeyId: actor.accessKeyId }),
      });
      return request;
    };
    const put = async () => {
      const Body = makeBody(turn.turn, size);
      const input = { Bucket, Key: key, Body, ContentLength: size, ...bucketKey };
      const { error } = await send('PutObject', () => s3.send(new PutObjectCommand(input)), { key, bytes: size });
      if (error === undefined) written.push(key);
    };
    if (kind === 'list') {
      const input = { Bucket, Prefix: 'uploads/', MaxKeys: 1000 };
      await send('ListObjectsV2', () => s3.send(new ListObjectsV2Command(input)), { key: 'uploads/', bytes: 0 });
      return;
    }
    if (kind === 'multipart') return inParts();
    const source = kind === 'get' || kind === 'copy' ? some(draw) : undefined;
    // Nothing to read yet: what is read later has to be written first.
    if (source === undefined) return put();
    if (kind === 'get') {
      const more = { key: source, bytes: 0 };
      await send(
        'GetObject',
        async () => {
          const answer = await s3.send(new GetObjectCommand({ Bucket, Key: source }));
          more.bytes = (await answer.Body?.transformToByteArray())?.length ?? 0;
          return answer;
        },
        more,
      );
      return;
    }
    const CopySource = `${Bucket}/${source.split('/').map(encodeURIComponent).join('/')}`;
    const input = { Bucket, Key: key, CopySource, ...bucketKey };
    await send('CopyObject', () => s3.send(new CopyObjectCommand(input)), { key, bytes: 0 });

    async function inParts(): Promise<void> {
      let UploadId = '';
      const begun = await send(
        'CreateMultipartUpload',
        async () => {
          const answer = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: key, ...bucketKey }));
          UploadId = answer.UploadId ?? '';
          return answer;
        },
        { key, bytes: 0 },
      );
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      let failed = begun.error !== undefined;
      const count = Math.max(1, Math.ceil(size / PART));
      for (let PartNumber = 1; PartNumber <= count && !failed; PartNumber += 1) {
        const length = PartNumber < count ? PART : size - PART * (count - 1);
        const { error } = await send(
          'UploadPart',
          async () => {
            const Body = makeBody(turn.turn, length);
            const part = { Bucket, Key: key, UploadId, PartNumber, Body, ContentLength: length };
            const answer = await s3.send(new UploadPartCommand(part));
            Parts.push({ PartNumber, ETag: answer.ETag });
            return answer;
          },
          { key, bytes: length },
        );
        failed = error !== undefined;
      }
      if (failed) return;
      const done = { Bucket, Key: key, UploadId, MultipartUpload: { Parts } };
      const { error } = await send('CompleteMultipartUpload', () => s3.send(new CompleteMultipartUploadCommand(done)), {
        key,
        bytes: 0,
      });
      if (error === undefined) written.push(key);
    }
  };
}
