// Runs every scripts/generate-*.ts. With --check it leaves the tree as it was and fails when one of them would change a file.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const generatedIn = ['docs', 'schema'];
const check = process.argv.includes('--check');

function snapshot() {
  const files = generatedIn.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

const before = snapshot();
for (const script of readdirSync('scripts').filter((name) => /^generate-.*\.ts$/.test(name)).sort()) {
  const { status } = spawnSync(process.execPath, [join('scripts', script)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
if (check) {
  const after = snapshot();
  const changed = [...after.keys()].filter((file) => after.get(file) !== before.get(file));
  for (const file of changed) {
    console.error(`${file} is not what its generator writes: run \`npm run generate\` and commit`);
    if (before.has(file)) writeFileSync(file, before.get(file));
    else rmSync(file);
  }
  if (changed.length > 0) process.exit(1);
  console.log('generated files are up to date');
}
