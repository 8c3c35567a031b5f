import { load } from './load.mjs';
import { startEmulator } from './servers.mjs';
import { signedRequests } from './signed-requests.mjs';
import { prepare, send, workloads } from './workloads.mjs';

const OBJECTS = 1_000_000;
const SMALL = { connections: 32, seconds: 4 };
const BATCH = 50_000;

/**
 * PUT and GET in a bucket with 1,000,000 objects and 2,000,000 requests in the audit trail, against the same when
 * empty; and list pages at the begin, in the middle and at the end. Filling takes some minutes.
 */
export async function growth(report) {
  const server = await startEmulator();
  try {
    const { port } = server;
    await prepare(port, { encrypted: true });
    // The first round is the compilers': without it the empty bucket would look slow.
    await both(port);
    const empty = await both(port);
    const emptyList = await listPage(port, '');
    for (let done = 0; done < OBJECTS; done += BATCH) await fill(port, done, 'PUT');
    for (let done = 0; done < OBJECTS; done += BATCH) await fill(port, done, 'GET');
    const full = await both(port);
    for (const [workload, name] of [
      ['put1k', 'PUT 1 KiB'],
      ['get1k', 'GET 1 KiB'],
    ]) {
      const ratio = empty[workload].perSecond / full[workload].perSecond;
      report({
        what: `${name}: empty is as fast as full, times`,
        figure: `${ratio.toFixed(2)}× (${empty[workload].perSecond.toFixed(0)}/s → ${full[workload].perSecond.toFixed(0)}/s)`,
        value: ratio,
        bar: '1.5×',
        ok: ratio <= 1.5,
      });
    }
    for (const [where, after] of [
      ['first', ''],
      ['middle', path(OBJECTS / 2).slice(7)],
      ['last', path(OBJECTS - 2000).slice(7)],
    ]) {
      const milliseconds = await listPage(port, after);
      report({
        what: `List page of 1,000 keys, ${where} of 1,000,000`,
        figure: `${milliseconds.toFixed(1)} ms (2,000 objects: ${emptyList.toFixed(1)} ms)`,
        value: milliseconds,
      });
    }
  } finally {
    await server.stop();
  }
}

const path = (index) => `/bench/many/${String(index).padStart(7, '0')}`;

async function both(port) {
  const put1k = await load({ port, requests: workloads.put1k({ port }), ...SMALL });
  const get1k = await load({ port, requests: workloads.get1k({ port }), ...SMALL });
  if (put1k.failed + get1k.failed > 0) throw new Error(put1k.firstFailure ?? get1k.firstFailure);
  return { put1k, get1k };
}

/** Sends each request of a batch once. */
async function fill(port, from, method) {
  const body = Buffer.alloc(64, 97);
  const requests = signedRequests(
    { port, service: 's3' },
    Array.from({ length: BATCH }, (_, i) => ({ method, path: path(from + i), ...(method === 'PUT' && { body }) })),
  ).values();
  const { failed, firstFailure } = await load({ port, take: () => requests.next().value, connections: 32 });
  if (failed > 0) throw new Error(firstFailure);
}

async function listPage(port, startAfter) {
  const query = `list-type=2&max-keys=1000${startAfter && `&start-after=${encodeURIComponent(startAfter)}`}`;
  const request = { method: 'GET', path: '/bench', query: query.split('&').sort().join('&') };
  const times = [];
  for (let i = 0; i < 20; i += 1) {
    const begun = performance.now();
    await send(port, 's3', request);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[10];
}
