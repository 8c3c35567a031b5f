import { ChevronRight, File, Plus } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import { KeyLink } from '@/components/keys/key-link';
import { ButtonLink } from '@/components/ui/button';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { EncryptionBadge } from '@/components/ui/encryption';
import { TextArea, TextField } from '@/components/ui/form';
import { formatBytes, formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Empty, Failure, RefusedCell } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { headObject, listObjects } from '@/lib/aws/objects';
import { mapLimited } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { removeObject, writeObject } from './bucket-actions';
import { aliasesByKey } from './key-options';
import { readOnlyReason, writeTarget } from './reads';

/** Objects on one page; each is asked for its encryption, so there are not too many. */
const PAGE = 50;

/** Objects of a bucket with the encryption that each really has. */
export async function ObjectsTab({ bucket, base, token }: { bucket: string; base: Route; token: string }) {
  const { aws } = await workplace();
  const [page, names, readOnly, target] = await Promise.all([
    listObjects(aws, bucket, { limit: PAGE, ...(token ? { token } : {}) }),
    aliasesByKey(),
    readOnlyReason(),
    writeTarget(),
  ]);
  const objects = page.ok
    ? await mapLimited(page.data.objects, 8, async (object) => ({
        ...object,
        head: await headObject(aws, bucket, object.key),
      }))
    : [];
  const next = page.ok ? page.data.next : undefined;
  const put = (
    <FormDialogButton
      label={
        <>
          <Plus size={14} aria-hidden />
          Write an object
        </>
      }
      size="small"
      title="Write an object"
      action={writeObject}
      submit="Write object"
      target={target}
      unavailable={readOnly}
    >
      <input type="hidden" name="bucket" value={bucket} />
      <TextField name="key" label="Key" mono focusFirst />
      <TextArea name="text" label="Content" rows={5} />
    </FormDialogButton>
  );
  return (
    <Card
      title="Objects"
      count={page.ok ? `${formatCount(objects.length)}${next || token ? ' on this page' : ''}` : undefined}
      end={put}
      rule
      bare
    >
      {!page.ok ? (
        <Failure title="Objects could not be listed" error={page.error} />
      ) : objects.length === 0 ? (
        <Empty icon={File} title="No objects yet">
          Write one to see which key operations it takes.
        </Empty>
      ) : (
        <div className="table-scroll">
          <table aria-label="Objects" className="stack-small">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col" className="num">
                  Size
                </th>
                <th scope="col">Encryption</th>
                <th scope="col">KMS key</th>
                <th scope="col">Bucket key</th>
                <th scope="col">Written</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {objects.map(({ key, size, modifiedAt, head }) => (
                <tr key={key}>
                  <td>
                    <span className="mono block max-w-[44ch] truncate" title={key}>
                      {key}
                    </span>
                  </td>
                  <td className="num whitespace-nowrap">{formatBytes(size)}</td>
                  <td>
                    {head.ok ? (
                      <EncryptionBadge kind={head.data.encryption.kind} />
                    ) : (
                      <RefusedCell error={head.error} />
                    )}
                  </td>
                  <td>
                    {head.ok && head.data.encryption.keyId ? (
                      <KeyLink reference={head.data.encryption.keyId} aliases={names} />
                    ) : (
                      <span className="text-ink-3">none of yours</span>
                    )}
                  </td>
                  <td>
                    {head.ok && head.data.encryption.kind === 'SSE-KMS' ? (
                      head.data.encryption.bucketKey ? (
                        'On'
                      ) : (
                        'Off'
                      )
                    ) : (
                      <span className="text-ink-3">not used</span>
                    )}
                  </td>
                  <td>
                    <Time value={modifiedAt} />
                  </td>
                  <td className="num">
                    <ConfirmButton
                      label="Delete"
                      kind="ghost"
                      size="small"
                      unavailable={readOnly}
                      title="Delete this object"
                      consequence={{
                        title: `${key} is gone`,
                        detail: 'Without versioning it can not be brought back.',
                      }}
                      word="delete"
                      action={removeObject}
                      input={{ bucket, key }}
                      submit="Delete object"
                      target={target}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(next ?? token) && (
        <div className="table-foot">
          {token && (
            <Link className="link" href={base}>
              First page
            </Link>
          )}
          {next && (
            <ButtonLink size="small" className="ml-auto" href={`${base}&next=${encodeURIComponent(next)}` as Route}>
              More objects
              <ChevronRight size={14} aria-hidden />
            </ButtonLink>
          )}
        </div>
      )}
    </Card>
  );
}
