import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findNode, projectEnvironment, root } from '../bin/bootstrap.mjs';

/** Where what belongs to the benchmark alone is installed: outside of the project. */
const TOOLS = path.join(os.tmpdir(), 'sse-kms-console-bench');
/** A server that has not stopped by then is killed. */
const STOP_MS = 10_000;

/** Our emulator as a process of its own with an empty data directory. */
export async function startEmulator(environment = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'bench-emulator-'));
  const port = await freePort();
  const server = await start('emulator', findNode(), ['lib/emulator/main.ts'], port, {
    cwd: root,
    env: projectEnvironment({ EMULATOR_PORT: String(port), DATA_DIR: dataDir, QUIET: '1', ...environment }),
  });
  return {
    ...server,
    dataDir,
    adminToken: readFileSync(path.join(dataDir, 'admin-token'), 'utf8').trim(),
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** moto server from PyPI, or undefined with the reason printed. */
export async function startMoto() {
  const venv = path.join(TOOLS, 'moto');
  const program = path.join(venv, 'bin', 'moto_server');
  if (!existsSync(program)) {
    console.error('Installing moto[server] for the comparison (once).');
    const ok =
      spawnSync('python3', ['-m', 'venv', venv], { stdio: 'ignore' }).status === 0 &&
      spawnSync(path.join(venv, 'bin', 'pip'), ['install', '-q', 'moto[server,s3,kms]'], { stdio: ['ignore', 2, 2] })
        .status === 0;
    if (!ok) return void console.error('moto can not be installed here: no comparison with it.');
  }
  const port = await freePort();
  // It logs each request; where that goes is not what is measured.
  return start('moto', program, ['-p', String(port)], port, { cwd: TOOLS, env: process.env, quiet: true });
}

/** s3rver from npm, or undefined with the reason printed. */
export async function startS3rver() {
  const program = path.join(TOOLS, 'node_modules', 's3rver', 'bin', 's3rver.js');
  if (!existsSync(program)) {
    console.error('Installing s3rver for the comparison (once).');
    const { status } = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', TOOLS, 's3rver@3.7.1'],
      { stdio: ['ignore', 2, 2] },
    );
    if (status !== 0) return void console.error('s3rver can not be installed here: no comparison with it.');
  }
  const port = await freePort();
  const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-s3rver-'));
  const server = await start(
    's3rver',
    findNode(),
    [program, '-d', directory, '-a', '127.0.0.1', '-p', String(port), '-s', '--configure-bucket', 'bench'],
    port,
    { cwd: TOOLS, env: projectEnvironment() },
  );
  return {
    ...server,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** `node:http` that reads a body and answers with one of the same size: what no server can beat. */
export async function startBare(answerBytes) {
  const port = await freePort();
  const body = Buffer.alloc(answerBytes, 1);
  const script = `const b=Buffer.alloc(${body.length},1);require('http').createServer((q,s)=>{q.resume();q.on('end',()=>{const g=q.method==='GET';s.writeHead(200,{'content-length':g?b.length:0});s.end(g?b:undefined)})}).listen(${port},'127.0.0.1')`;
  return start('node:http', findNode(), ['-e', script], port, { cwd: root, env: projectEnvironment() });
}

async function start(name, command, args, port, { quiet = false, ...options }) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', quiet ? 'ignore' : 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let waited = 0; !(await answers(port)); waited += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended before it answered.`);
    if (waited > 300) throw new Error(`${name} did not answer.`);
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  return {
    name,
    port,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

function answers(port) {
  return new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path: '/', timeout: 2000 }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}
