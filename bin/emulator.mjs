// npm run emulator: the emulator alone.
import { ensureInstalled, findNode, root } from './bootstrap.mjs';
import { supervise } from './supervise.mjs';

ensureInstalled();
supervise([{ name: 'emulator', command: findNode(), args: ['lib/emulator/main.ts'], cwd: root }]);
