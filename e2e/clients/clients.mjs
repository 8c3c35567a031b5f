// Which clients there are, how each is found and started, and how those that are missing are brought.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const folder = path.join(os.tmpdir(), 'sse-kms-console-clients');
const inFolder = (name) => path.join(folder, os.platform() === 'win32' ? 'Scripts' : 'bin', name);
const jars = path.join(folder, 'java', 'lib');
const goProgram = path.join(folder, 'go-client');
const script = (name) => path.join(here, name);

const DUCKDB = '1.5.5';
const PYTHON_PACKAGES = [
  'boto3',
  'awscli',
  's3cmd',
  'pyiceberg[pyarrow]',
  `duckdb==${DUCKDB}`,
  `duckdb-extensions==${DUCKDB}`,
  ...['httpfs', 'avro', 'iceberg'].map((name) => `duckdb-extension-${name}==${DUCKDB}`),
];

/**
 * Every client: a name, and either command and arguments or the reason why it can't run here. `world`: it wants the
 * buckets and the key of `world.mjs`. `slow`: more than some ten seconds.
 */
export function clients() {
  return [
    { ...python('boto3', 'boto3', 'boto3_main_job.py') },
    { ...awsCli('aws_cli_main_job.sh'), slow: true },
    { ...python('boto3', 'boto3', 'boto3_kms_iam_sts_cloudtrail.py') },
    { ...awsCli('aws_cli_kms_iam_sts_cloudtrail.sh'), slow: true },
    { ...java('AWS SDK for Java 2', 's3', 'SdkV2.java'), world: true },
    { ...java('Hadoop S3A', 'hadoop-aws', 'S3A.java'), world: true },
    { ...go(), world: true },
    { ...tool('rclone', 'RCLONE', 'rclone.sh', 'apt-get install rclone'), world: true },
    { ...tool('s3cmd', 'S3CMD', 's3cmd.sh', 'pip install s3cmd'), world: true },
    { ...python('PyIceberg', 'pyiceberg, pyarrow, boto3', 'pyiceberg_catalog.py'), slow: true },
    { ...python('DuckDB', 'duckdb, duckdb_extensions, duckdb_extension_iceberg', 'duckdb_catalog.py'), world: true },
  ];
}

function python(name, modules, file) {
  for (const command of [inFolder('python'), 'python3', 'python']) {
    if (succeeds(command, ['-c', `import ${modules}`])) {
      return { name: `${name} ${file}`, command, args: [script(file)] };
    }
  }
  return { name: `${name} ${file}`, reason: `no Python here has ${modules} (--install brings it)` };
}

function awsCli(file) {
  for (const command of [inFolder('aws'), 'aws']) {
    const found = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const version = /aws-cli\/(\d+)\.(\d+)\.\d+/.exec(`${found.stdout}${found.stderr}`);
    if (found.status !== 0 || version === null) continue;
    const [text, major, minor] = version;
    // Older ones do not know AWS_ENDPOINT_URL.
    if (Number(major) === 1 ? Number(minor) < 32 : Number(minor) < 13) continue;
    return { name: `AWS CLI ${text} ${file}`, command: 'bash', args: [script(file)], env: { AWS: command } };
  }
  return {
    name: `AWS CLI ${file}`,
    reason: 'no AWS CLI here that knows AWS_ENDPOINT_URL (1.32, 2.13 or newer; --install brings it)',
  };
}

/** A program of one file, compiled as it starts. */
function java(name, jar, file) {
  if (!succeeds('javac', ['-version'])) return { name, reason: 'no JDK here (apt-get install default-jdk-headless)' };
  if (!existsSync(jars)) return { name, reason: `${jar} is not here (--install brings it with Maven)` };
  return { name, command: 'java', args: ['-cp', `${jars}/*`, script(`java/${file}`)] };
}

function go() {
  const name = 'AWS SDK for Go 2';
  if (!existsSync(goProgram)) return { name, reason: 'its program is not built (--install builds it where Go is)' };
  return { name, command: goProgram, args: [] };
}

function tool(name, variable, file, how) {
  const command = [inFolder(name), name].find((it) => succeeds(it, ['--version']));
  if (command === undefined) return { name, reason: `it is not here (${how})` };
  // Older ones of rclone read AWS_CA_BUNDLE and stop when it is no certificate; run.mjs leaves all AWS_ variables out.
  return { name, command: 'bash', args: [script(file)], env: { [variable]: command } };
}

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Brings what the registries of Python, Maven, Go and Debian have. What can't be had is said, and its client skipped. */
export function install() {
  const quiet = { stdio: ['ignore', 2, 2] };
  mkdirSync(path.join(folder, 'java'), { recursive: true });
  const steps = [
    ['Python packages', 'python3', ['-m', 'venv', folder]],
    ['Python packages', inFolder('python'), ['-m', 'pip', 'install', '-q', ...PYTHON_PACKAGES]],
    [
      'Java libraries',
      'mvn',
      ['-q', '-B', '-f', script('java/pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`],
    ],
    ['the Go program', 'go', ['-C', script('go'), 'build', '-o', goProgram, '.']],
  ];
  if (process.getuid?.() === 0 && !succeeds('rclone', ['--version'])) {
    steps.push(['rclone', 'apt-get', ['install', '-y', '-qq', 'rclone']]);
  }
  for (const [what, command, args] of steps) {
    if (spawnSync(command, args, quiet).status !== 0) console.error(`${what}: ${command} failed or is not here.`);
  }
}
