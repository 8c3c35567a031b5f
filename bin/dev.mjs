// npm run dev: emulator and console, both reloading when their sources change.
import path from 'node:path';
import { ensureInstalled, findNode, root } from './bootstrap.mjs';
import { supervise } from './supervise.mjs';

ensureInstalled();
const host = process.env.HOST ?? '127.0.0.1';
const port = process.env.PORT ?? '3000';
const emulatorPort = process.env.EMULATOR_PORT ?? '4566';
const dataDir = path.resolve(process.env.DATA_DIR ?? path.join(root, '.data'));

supervise([
  {
    name: 'The emulator',
    command: findNode(),
    args: ['--watch', 'lib/emulator/main.ts'],
    cwd: root,
    env: { HOST: host, EMULATOR_PORT: emulatorPort, DATA_DIR: dataDir },
  },
  {
    name: 'The console',
    command: findNode(),
    args: [path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'dev', '--hostname', host, '--port', port],
    cwd: root,
    env: { HOST: host, EMULATOR_URL: `http://${host}:${emulatorPort}`, DATA_DIR: dataDir },
  },
]);
