// Checks the arrows that must never exist (docs/decisions/0001), and that it has really seen the files.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import { root } from './bootstrap.mjs';

const SERVICES = 'kms|s3|s3tables|iceberg|iam|sts|cloudtrail';
/** A test may look behind the ports. */
const TESTS = '\\.test\\.tsx?$';
const FOLDERS = ['app', 'components', 'lib'];

const RULES = [
  arrow(
    'console-to-emulator',
    '^(app|components|lib/(aws|uploads|setup|scenarios|exports))/',
    '^lib/emulator/',
    'The two halves meet on the AWS wire only.',
  ),
  arrow(
    'emulator-to-console',
    '^lib/emulator/',
    '^(app|components|lib/(aws|uploads|setup|scenarios|exports))/',
    'The two halves meet on the AWS wire only.',
  ),
  arrow(
    'access-is-pure',
    '^lib/access/',
    '^(app|components|lib/(?!access/))',
    'lib/access has no I/O, no clock and no framework.',
  ),
  arrow(
    'usage-is-pure',
    '^lib/usage/',
    '^(app|components|lib/(?!usage/))',
    'lib/usage has no I/O, no clock and no framework.',
  ),
  arrow(
    'contract-is-a-leaf',
    '^lib/contract/',
    '^(app|components|lib/(?!contract/))',
    'Both halves import lib/contract; it imports neither.',
  ),
  arrow(
    'iceberg-is-a-format',
    '^lib/iceberg/',
    '^(app|components|lib/(?!iceberg/))',
    'lib/iceberg is a file format: both halves read and write it, it imports neither (docs/decisions/0015).',
  ),
  arrow(
    'wire-knows-no-service',
    '^lib/emulator/wire/',
    `^lib/emulator/(${SERVICES}|storage|vault|world)/`,
    'Nothing but bytes and typed input in lib/emulator/wire.',
  ),
  {
    name: 'service-to-service',
    severity: 'error',
    comment: 'Services call each other through lib/emulator/ports.ts, as on AWS.',
    from: { path: `^lib/emulator/(${SERVICES})/`, pathNot: TESTS },
    to: { path: `^lib/emulator/(${SERVICES})/`, pathNot: '^lib/emulator/$1/' },
  },
];

function arrow(name, from, to, comment) {
  return { name, severity: 'error', comment, from: { path: from, pathNot: TESTS }, to: { path: to } };
}

process.chdir(root);
const { output } = await cruise(
  FOLDERS,
  {
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    ruleSet: { forbidden: RULES },
    validate: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
  { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
);

const seen = new Set(output.modules.map((it) => it.source));
const expected = FOLDERS.flatMap((it) => sources(it));
const missed = expected.filter((it) => !seen.has(it));
for (const { rule, from, to } of output.summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
if (missed.length > 0) console.error(`The check did not see ${missed.length} files, the first is ${missed[0]}.`);
if (output.summary.violations.length > 0 || missed.length > 0 || expected.length < 100) process.exit(1);
console.log(
  `${seen.size} modules, ${output.summary.totalDependenciesCruised} imports, ${RULES.length} rules, no violation.`,
);

function sources(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((it) => it.isFile() && /\.tsx?$/.test(it.name) && !it.name.endsWith('.d.ts'))
    .map((it) => path.relative(root, path.join(it.parentPath, it.name)));
}
