/** An emulator to be killed: prints its address when it is ready. Argument: data directory. */

import { startEmulator } from '../../lib/emulator/start.ts';

const [dataDir = ''] = process.argv.slice(2);
const { url } = await startEmulator({ dataDir, host: '127.0.0.1', port: 0 });
console.log(url);
