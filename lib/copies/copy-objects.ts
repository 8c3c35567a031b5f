import { CopyObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { CopyJob, CopyProgress } from './record.ts';

const AT_ONCE = 8;
const MOST_TOLD = 20;

/**
 * Copies all objects of a bucket into another, which encrypts them with its own default. S3 copies, the bytes don't come
 * here; each copy asks KMS, since no bucket key serves copies (DB-26). An object that is refused is told, and the others
 * go on. Rejects where the list is refused.
 */
export async function copyObjects(
  s3: S3Client,
  from: string,
  to: string,
  signal: AbortSignal,
  report: (progress: CopyProgress) => void,
): Promise<void> {
  const objects: { readonly key: string; readonly size: number }[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: from, ...(token ? { ContinuationToken: token } : {}) }),
      { abortSignal: signal },
    );
    for (const { Key: key, Size: size = 0 } of page.Contents ?? []) if (key !== undefined) objects.push({ key, size });
    token = page.NextContinuationToken;
  } while (token !== undefined);
  report({ total: objects.length });
  let [next, done, bytes, failed] = [0, 0, 0, 0];
  const failures: CopyJob['failures'][number][] = [];
  const worker = async () => {
    for (let object = objects[next++]; object !== undefined && !signal.aborted; object = objects[next++]) {
      const { key, size } = object;
      const source = `${from}/${key.split('/').map(encodeURIComponent).join('/')}`;
      try {
        await s3.send(new CopyObjectCommand({ Bucket: to, Key: key, CopySource: source }), { abortSignal: signal });
        bytes += size;
      } catch (error) {
        if (signal.aborted) return;
        failed += 1;
        const { name: code, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
        if (failures.length < MOST_TOLD) failures.push({ name: key, code, message });
      }
      done += 1;
      report({ done, bytes, failed, failures: [...failures] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
