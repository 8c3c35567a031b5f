import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { UploadRun } from './record.ts';
import type { UploadConnection } from './run.ts';

/** Objects that are written for a workload that only reads. */
const TO_READ = 24;
/** Larger objects are left alone, and none are written. */
const LARGEST_READ = 64 * 1_048_576;
const LARGEST_SOURCE = 65_536;

/** Objects that a requester may read or copy; some are written where there are none, as the connection's own identity. */
export async function readable(
  { id, plan }: UploadRun,
  index: number,
  connection: UploadConnection,
): Promise<readonly string[]> {
  const requester = plan.requesters[index];
  if (requester === undefined || requester.target.kind === 'table') return [];
  const { mix, target } = requester;
  if (mix.get + mix.copy === 0) return [];
  const { s3, s3tables } = connection.clientsFor(undefined, undefined);
  try {
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: target.bucket, MaxKeys: 500 }));
    const keys = (listed.Contents ?? []).flatMap(({ Key, Size }) =>
      Key !== undefined && (Size ?? 0) <= LARGEST_READ ? [Key] : [],
    );
    if (keys.length > 0 || mix.put > 0) return keys;
    const written = Array.from({ length: TO_READ }, (_, number) => `uploads/${id}/source-${index + 1}-${number}`);
    for (const Key of written) {
      await s3.send(
        new PutObjectCommand({
          Bucket: target.bucket,
          Key,
          Body: Buffer.alloc(Math.min(requester.size, LARGEST_SOURCE), 1),
        }),
      );
    }
    return written;
  } finally {
    s3.destroy();
    s3tables.destroy();
  }
}
