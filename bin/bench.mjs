// npm run bench: benchmarks, as ratios in one run. `npm run bench -- throughput growth` runs only the parts named.
import { ensureInstalled, findNode, run } from './bootstrap.mjs';

ensureInstalled();
process.exit(await run(findNode(), ['bench/main.mjs', ...process.argv.slice(2)]));
