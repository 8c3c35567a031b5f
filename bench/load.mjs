import net from 'node:net';

/**
 * Sends requests over keep-alive connections, one at a time on each, round after round until the time is over or the
 * promise `until` resolves. Gives requests per second, latency percentiles in milliseconds, and how many answers were not 2xx.
 */
export async function load({ port, requests, connections, seconds, warmupSeconds = 1, until }) {
  const tally = { counting: false, done: 0, failed: 0, latencies: [], firstFailure: undefined };
  let next = 0;
  let stop = false;
  const take = () => requests[next++ % requests.length];
  const clients = Array.from({ length: connections }, () => client(port, take, tally, () => stop));
  if (until === undefined) await sleep(warmupSeconds * 1000);
  tally.counting = true;
  const begun = performance.now();
  await (until ?? sleep(seconds * 1000));
  tally.counting = false;
  const elapsed = (performance.now() - begun) / 1000;
  stop = true;
  await Promise.all(clients);
  tally.latencies.sort((a, b) => a - b);
  const percentile = (share) => tally.latencies[Math.floor(share * (tally.latencies.length - 1))] ?? 0;
  return {
    perSecond: tally.done / elapsed,
    p50: percentile(0.5),
    p99: percentile(0.99),
    failed: tally.failed,
    firstFailure: tally.firstFailure,
  };
}

const sleep = (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds));

function client(port, take, tally, stopped) {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let pending = Buffer.alloc(0);
    let bodyLeft = -1;
    let failed = false;
    const connect = () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      const send = () => {
        if (stopped()) return void socket.end(resolve);
        sentAt = performance.now();
        socket.write(take());
      };
      const finish = () => {
        bodyLeft = -1;
        if (tally.counting) {
          tally.done += 1;
          tally.latencies.push(performance.now() - sentAt);
          if (failed) tally.failed += 1;
        }
        send();
      };
      socket.on('connect', send);
      socket.on('error', (error) => (stopped() ? resolve() : reject(error)));
      socket.on('data', (chunk) => {
        let data = chunk;
        if (bodyLeft < 0) {
          data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
          const end = data.indexOf('\r\n\r\n');
          if (end === -1) return void (pending = data);
          pending = Buffer.alloc(0);
          const head = data.latin1Slice(0, end);
          failed = head.charCodeAt(9) !== 50;
          if (failed) tally.firstFailure ??= data.toString('utf8', 0, 600);
          const length = /\r\ncontent-length: *(\d+)/i.exec(head);
          if (length === null && !/^HTTP\/1.1 204/.test(head))
            return void reject(new Error(`No content-length: ${head}`));
          bodyLeft = length === null ? 0 : Number(length[1]);
          data = data.subarray(end + 4);
        }
        bodyLeft -= data.length;
        if (bodyLeft === 0) finish();
      });
      socket.on('close', () => {
        if (stopped()) resolve();
        else connect();
      });
    };
    connect();
  });
}
