// node e2e/clients/run.mjs [--install]: the main job, and KMS, IAM, STS and CloudTrail, by clients that know nothing of
// this project, with only the endpoint changed. Takes what is installed; --install brings boto3 and the AWS CLI into a
// folder below the system's temporary directory. Prints what was skipped and why; ends with 1 when a client failed.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findNode, root } from '../../bin/bootstrap.mjs';

const here = import.meta.dirname;
const venv = path.join(os.tmpdir(), 'sse-kms-console-clients');
const inVenv = (name) => path.join(venv, os.platform() === 'win32' ? 'Scripts' : 'bin', name);

if (process.argv.includes('--install')) install();

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'sse-kms-clients-'));
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const emulator = spawn(findNode(), ['lib/emulator/main.ts'], {
  cwd: root,
  env: { ...process.env, DATA_DIR: dataDir, EMULATOR_PORT: String(port), EMULATOR_ADMIN_TOKEN: 'clients', QUIET: '1' },
  stdio: ['ignore', 'inherit', 'inherit'],
});
let failed = 0;
try {
  await ready();
  for (const client of [
    boto3('boto3_main_job.py', '200000000001'),
    awsCli('aws_cli_main_job.sh', '200000000002'),
    boto3('boto3_kms_iam_sts_cloudtrail.py', '200000000003'),
    awsCli('aws_cli_kms_iam_sts_cloudtrail.sh', '200000000004'),
  ]) {
    if (client.command === undefined) {
      console.log(`skipped  ${client.name}: ${client.reason}`);
      continue;
    }
    const begun = Date.now();
    const { status } = spawnSync(client.command, client.args, {
      stdio: 'inherit',
      timeout: 300_000,
      env: { ...environment(client.account), ...client.env },
    });
    if (status !== 0) failed += 1;
    console.log(
      `${status === 0 ? 'passed ' : 'FAILED '}  ${client.name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`,
    );
  }
} finally {
  emulator.kill('SIGTERM');
  await new Promise((resolve) => void emulator.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

function boto3(script, account) {
  const name = `boto3 ${script}`;
  for (const command of [inVenv('python'), 'python3', 'python']) {
    const found = spawnSync(command, ['-c', 'import boto3; print(boto3.__version__)'], { encoding: 'utf8' });
    if (found.status !== 0) continue;
    const args = [path.join(here, script)];
    return { name: `boto3 ${found.stdout.trim()} ${script}`, command, args, account };
  }
  return { name, reason: 'no Python here has it (pip install boto3, or run this with --install)' };
}

function awsCli(script, account) {
  const name = `AWS CLI ${script}`;
  for (const command of [inVenv('aws'), 'aws']) {
    const found = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const version = /aws-cli\/(\d+)\.(\d+)\.\d+/.exec(`${found.stdout}${found.stderr}`);
    if (found.status !== 0 || version === null) continue;
    const [text, major, minor] = version;
    // Older ones do not know AWS_ENDPOINT_URL.
    if (Number(major) === 1 ? Number(minor) < 32 : Number(minor) < 13) continue;
    const args = [path.join(here, script)];
    return { name: `AWS CLI ${text} ${script}`, command: 'bash', args, account, env: { AWS: command } };
  }
  return {
    name,
    reason: 'no AWS CLI here that knows AWS_ENDPOINT_URL (1.32, 2.13 or newer; or run this with --install)',
  };
}

/** What a person would set, and nothing of what this machine has set otherwise. */
function environment(account) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    EMULATOR_ADMIN_TOKEN: 'clients',
  };
}

function install() {
  const quiet = { stdio: ['ignore', 2, 2] };
  if (!existsSync(inVenv('python'))) spawnSync('python3', ['-m', 'venv', venv], quiet);
  const { status } = spawnSync(inVenv('python'), ['-m', 'pip', 'install', '-q', 'boto3', 'awscli'], quiet);
  if (status !== 0)
    console.error('boto3 and the AWS CLI could not be installed: Python 3 with venv and pip is needed.');
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

async function ready() {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`${endpoint}/_emulator/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (emulator.exitCode !== null) break;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  throw new Error('The emulator did not start.');
}
