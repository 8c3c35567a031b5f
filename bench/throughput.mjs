import { load } from './load.mjs';
import { startBare, startEmulator, startMoto, startS3rver } from './servers.mjs';
import { prepare, workloads } from './workloads.mjs';

const SMALL = { connections: 32, seconds: 4 };
// moto serves one request at a time and slowly; more connections only wait.
const MOTO = { connections: 4, seconds: 4 };
const LARGE = { connections: 2, seconds: 5 };
/** Bars of the project: how many times as fast as others the emulator has to be. */
const BARS = {
  put1k: { moto: 20, s3rver: 3 },
  get1k: { moto: 25, s3rver: 3 },
  generateDataKey: { moto: 30 },
  put8m: { s3rver: 1 },
};
const NAMES = {
  put1k: 'PUT 1 KiB',
  get1k: 'GET 1 KiB',
  generateDataKey: 'GenerateDataKey',
  put8m: 'PUT 8 MiB',
};

/**
 * PUT and GET of 1 KiB with SSE-KMS and a bucket key, GenerateDataKey, PUT of 8 MiB: signatures verified, access
 * decided, events logged, durable; beside a bare node:http server, moto server and s3rver with the same requests.
 */
export async function throughput(report) {
  const figures = {};
  figures.emulator = await measure(await startEmulator(), { encrypted: true, kms: true, options: SMALL });
  figures.bare = await measure(await startBare(1024), { bare: true, options: SMALL });
  const s3rver = await startS3rver();
  if (s3rver) figures.s3rver = await measure(s3rver, { options: SMALL });
  const moto = await startMoto();
  if (moto) figures.moto = await measure(moto, { prepared: true, kms: true, options: MOTO });

  for (const [workload, name] of Object.entries(NAMES)) {
    const own = figures.emulator[workload];
    report({
      what: `${name}, emulator`,
      figure: `${own.perSecond.toFixed(0)}/s  p50 ${own.p50.toFixed(1)} ms  p99 ${own.p99.toFixed(1)} ms`,
      value: own.perSecond,
    });
    for (const other of ['moto', 's3rver', 'bare']) {
      const theirs = figures[other]?.[workload];
      if (theirs === undefined) continue;
      const ratio = own.perSecond / theirs.perSecond;
      const bar = BARS[workload][other];
      report({
        what: `${name}, times ${other === 'bare' ? 'bare node:http' : other} (${theirs.perSecond.toFixed(0)}/s)`,
        figure: `${ratio.toFixed(2)}×`,
        value: ratio,
        ...(bar !== undefined && { bar: `${bar}×`, ok: ratio >= bar }),
      });
    }
  }
}

async function measure(server, { encrypted = false, prepared = encrypted, kms = false, bare = false, options }) {
  const { port } = server;
  try {
    const key = prepared ? await prepare(port, { encrypted }) : undefined;
    // Each object once, so that all GETs find theirs whatever the server's pace.
    const each = workloads.put1k(server).values();
    await checked(server, { take: () => each.next().value, connections: options.connections });
    const result = {
      put1k: await checked(server, { requests: workloads.put1k(server), ...options }),
      get1k: await checked(server, { requests: workloads.get1k(server), ...options }),
      put8m: await checked(server, { requests: workloads.put8m(server), ...LARGE }),
    };
    if (kms || bare)
      result.generateDataKey = await checked(server, {
        requests: workloads.generateDataKey(server, key ?? 'none'),
        ...options,
      });
    return result;
  } finally {
    await server.stop();
  }
}

async function checked(server, options) {
  const result = await load({ port: server.port, ...options });
  if (result.failed > 0)
    throw new Error(`${server.name} refused ${result.failed} requests, the first:\n${result.firstFailure}`);
  return result;
}
