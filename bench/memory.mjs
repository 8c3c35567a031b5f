import http from 'node:http';
import { residentBytes, startEmulator } from './servers.mjs';
import { signedRequests } from './signed-requests.mjs';
import { prepare } from './workloads.mjs';

const MIB = 1_048_576;
const OBJECT = 2048 * MIB;

/** Memory of the emulator when idle, and while a 2 GB object goes in and comes out. */
export async function memory(report) {
  const server = await startEmulator();
  try {
    const idle = residentBytes(server.pid);
    report({
      what: 'Emulator idle',
      figure: `${(idle / MIB).toFixed(0)} MiB`,
      value: idle / MIB,
      bar: '150 MiB',
      ok: idle < 150 * MIB,
    });
    await prepare(server.port, { encrypted: true });
    // What a first large object costs once (code, buffers of the pool) is no growth with the size: warm up with 64 MiB.
    await transfer(server, 'PUT', 64 * MIB);
    await transfer(server, 'GET', 64 * MIB);
    const before = residentBytes(server.pid);
    for (const method of ['PUT', 'GET']) {
      const { peak, seconds } = await transfer(server, method, OBJECT);
      const raised = Math.max(0, peak - before) / MIB;
      report({
        what: `${method} of 2 GB raises memory by (${(OBJECT / MIB / seconds).toFixed(0)} MiB/s)`,
        figure: `${raised.toFixed(0)} MiB`,
        value: raised,
        bar: '64 MiB',
        ok: raised <= 64,
      });
    }
  } finally {
    await server.stop();
  }
}

function transfer({ port, pid }, method, size) {
  const begun = performance.now();
  let peak = residentBytes(pid);
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 50);
  return new Promise((resolve, reject) => {
    const [head] = signedRequests({ port, service: 's3' }, [
      { method, path: '/bench/large', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
    ]);
    const headers = Object.fromEntries(
      head
        .toString('latin1')
        .split('\r\n')
        .slice(1, -2)
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    if (method === 'PUT') headers['content-length'] = String(size);
    else delete headers['content-length'];
    const request = http.request({ port, host: '127.0.0.1', method, path: '/bench/large', headers }, (response) => {
      response.resume();
      response.on('end', () => {
        clearInterval(watch);
        if (response.statusCode === 200) resolve({ peak, seconds: (performance.now() - begun) / 1000 });
        else reject(new Error(`${method} of ${size} bytes answered ${response.statusCode}`));
      });
    });
    request.on('error', reject);
    if (method === 'GET') request.end();
    else feed(request, size);
  });
}

function feed(request, size) {
  const block = Buffer.alloc(MIB, 7);
  let left = size;
  const more = () => {
    while (left > 0) {
      left -= block.length;
      if (!request.write(block)) return void request.once('drain', more);
    }
    request.end();
  };
  more();
}
