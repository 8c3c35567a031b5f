/** The bucket in a Host header (virtual-host style), as S3 and S3 Express name their hosts (WIRE-05). */

/** What a host says: a bucket, or that the bucket is in the path; and whether it is an S3 Express host. */
export interface HostMeaning {
  readonly bucket: string | undefined;
  readonly express: boolean;
}

const PATH_STYLE: HostMeaning = { bucket: undefined, express: false };
/** A name of DNS is at most 253 bytes. */
const MAX_HOST = 260;
/** Hosts are few, and clients could send many: beyond this the memory begins anew. */
const MAX_REMEMBERED = 512;
const remembered = new Map<string, HostMeaning>();

/** Reads a Host header with or without port. Never throws; what it does not know is path style. */
export function meaningOfHost(host: string): HostMeaning {
  let meaning = remembered.get(host);
  if (meaning === undefined) {
    meaning = host.length > MAX_HOST ? PATH_STYLE : readHost(host.toLowerCase().replace(/:\d+$/, ''));
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(host, meaning);
  }
  return meaning;
}

function readHost(host: string): HostMeaning {
  const labels = host.split('.');
  if (labels.at(-1) === 'localhost') return ownHost(labels.slice(0, -1));
  const china = labels.at(-1) === 'cn' ? 1 : 0;
  const domain = labels.slice(0, labels.length - china);
  if (domain.at(-1) !== 'com' || domain.at(-2) !== 'amazonaws') return PATH_STYLE;
  return awsHost(domain.slice(0, -2));
}

/** `BUCKET.localhost`, `BUCKET.s3.localhost`, `s3.localhost`, `s3.REGION.localhost`. */
function ownHost(labels: readonly string[]): HostMeaning {
  if (labels.length === 0) return PATH_STYLE;
  const service = awsHost(labels);
  if (service !== PATH_STYLE || labels.some(isServiceLabel)) return service;
  return { bucket: labels.join('.'), express: false };
}

/**
 * Labels before `amazonaws.com`: `[BUCKET.]s3[-fips][.dualstack][.REGION]`, `[BUCKET.]s3-REGION`,
 * `BUCKET.s3express-ZONE.REGION`, `s3express-control.REGION`. The last label that names S3 counts: buckets may hold dots.
 */
function awsHost(labels: readonly string[]): HostMeaning {
  for (let at = labels.length - 1; at >= 0 && at >= labels.length - 4; at -= 1) {
    const label = labels[at] ?? '';
    if (!isServiceLabel(label)) continue;
    const bucket = at === 0 ? undefined : labels.slice(0, at).join('.');
    return { bucket, express: label.startsWith('s3express') };
  }
  return PATH_STYLE;
}

function isServiceLabel(label: string): boolean {
  return label === 's3' || label.startsWith('s3-') || label.startsWith('s3express-');
}
