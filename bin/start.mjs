// npm start: emulator and console; installs and builds first where that is needed.
import net from 'node:net';
import path from 'node:path';
import { ensureInstalled, findNode, root } from './bootstrap.mjs';
import { ensureBuilt } from './build.mjs';
import { supervise } from './supervise.mjs';

const host = process.env.HOST ?? '127.0.0.1';
const port = readPort('PORT', 3000);
const emulatorPort = readPort('EMULATOR_PORT', 4566);
const dataDir = path.resolve(process.env.DATA_DIR ?? path.join(root, '.data'));

if (!isLoopback(host) && !process.env.CONSOLE_PASSWORD) {
  fail(`On ${host} others can reach the console: set CONSOLE_PASSWORD, or leave HOST at 127.0.0.1.`);
}
ensureInstalled();
await ensureBuilt();
await demandFree(host, port, 'PORT');
await demandFree(host, emulatorPort, 'EMULATOR_PORT');

const emulatorUrl = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${emulatorPort}`;
supervise([
  {
    name: 'The emulator',
    command: findNode(),
    args: ['lib/emulator/main.ts'],
    cwd: root,
    env: { HOST: host, EMULATOR_PORT: String(emulatorPort), DATA_DIR: dataDir, QUIET: '1' },
  },
  {
    name: 'The console',
    command: findNode(),
    args: [path.join(root, '.next', 'standalone', 'server.js')],
    cwd: root,
    env: {
      HOSTNAME: host,
      HOST: host,
      PORT: String(port),
      EMULATOR_URL: emulatorUrl,
      DATA_DIR: dataDir,
      NODE_ENV: 'production',
    },
  },
]);
console.log(`Console   http://${host}:${port}\nEmulator  ${emulatorUrl}\nData      ${dataDir}`);

function readPort(name, fallback) {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) fail(`${name} takes a port number from 1 to 65535.`);
  return value;
}

async function demandFree(address, number, variable) {
  const probe = net.createServer();
  await new Promise((resolve) => {
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE') fail(`Port ${number} is in use. Stop what listens there, or set ${variable}.`);
      fail(`${variable} ${number} on ${address} can't be opened: ${error.message}`);
    });
    probe.listen(number, address, () => probe.close(resolve));
  });
}

function isLoopback(address) {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
