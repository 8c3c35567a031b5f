import net from 'node:net';

/** An answer that takes longer than this counts as none: a server that hangs must not hang the benchmark. */
const ANSWER_MS = 30_000;

/**
 * Sends requests over keep-alive connections, one at a time on each, round after round until the time is over or `take`
 * has no more (by default it goes round `requests`). Where a server closes a connection after its answer, the next
 * request opens a new one. Gives requests per second, latency percentiles in milliseconds, and how many answers were not
 * 2xx; what happens in the first `warmupSeconds` (compilers are at work then) counts for nothing. Rejects when a server
 * does not answer.
 */
export async function load({ port, requests, connections, seconds, warmupSeconds = 3, take = goingRound(requests) }) {
  const tally = { counting: false, done: 0, failed: 0, latencies: [], firstFailure: undefined };
  let stopped = false;
  const next = () => (stopped ? undefined : take());
  const finished = Promise.all(Array.from({ length: connections }, () => client(port, next, tally)));
  // What fails while the time passes ends the run at once.
  const passed = (milliseconds) => Promise.race([sleep(milliseconds), finished]);
  if (seconds !== undefined) await passed(warmupSeconds * 1000);
  tally.counting = true;
  const begun = performance.now();
  await (seconds === undefined ? finished : passed(seconds * 1000));
  tally.counting = false;
  const elapsed = (performance.now() - begun) / 1000;
  stopped = true;
  await finished;
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

function goingRound(requests) {
  let next = 0;
  return () => requests[next++ % requests.length];
}

const sleep = (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** One request after the other, until there is none. */
async function client(port, next, tally) {
  let connection;
  for (let request = next(); request !== undefined; request = next()) {
    const begun = performance.now();
    connection ??= await Connection.open(port);
    const answer = await connection.exchange(request);
    if (tally.counting) {
      tally.done += 1;
      tally.latencies.push(performance.now() - begun);
    }
    if (answer.failure !== undefined) {
      if (tally.counting) tally.failed += 1;
      tally.firstFailure ??= answer.failure;
    }
    if (answer.closes) {
      connection.close();
      connection = undefined;
    }
  }
  connection?.close();
}

class Connection {
  #socket;
  #answered;
  #pending = Buffer.alloc(0);
  #bodyLeft = -1;
  #answer;

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`No answer within ${ANSWER_MS / 1000} s.`)));
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#answered?.reject(error));
    socket.on('close', () => this.#answered?.reject(new Error('The server cut the connection before its answer.')));
  }

  exchange(request) {
    return new Promise((resolve, reject) => {
      this.#answered = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    let data = chunk;
    if (this.#bodyLeft < 0) {
      data = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      const end = data.indexOf('\r\n\r\n');
      if (end === -1) return void (this.#pending = data);
      this.#pending = Buffer.alloc(0);
      const head = data.latin1Slice(0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head);
      if (length === null && !/^HTTP\/1.1 204/.test(head)) {
        return void this.#socket.destroy(new Error(`No content-length: ${head}`));
      }
      this.#answer = {
        closes: /\r\nconnection: *close/i.test(head),
        failure: head.charCodeAt(9) === 50 ? undefined : data.toString('utf8', 0, 600),
      };
      this.#bodyLeft = length === null ? 0 : Number(length[1]);
      data = data.subarray(end + 4);
    }
    this.#bodyLeft -= data.length;
    if (this.#bodyLeft > 0) return;
    this.#bodyLeft = -1;
    const { resolve } = this.#answered;
    this.#answered = undefined;
    resolve(this.#answer);
  }
}
