// Sets up a fresh clone and says what it does. Runs on any Node from 20 on, before anything is installed; prints to stderr only,
// so that `--json` output of what follows stays clean.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wantedNode = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node;
const ownNode = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.trueup-bootstrap');

function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

function answers(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function lockHash() {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

function installedVersion() {
  const result = spawnSync(ownNode, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : null;
}

function installPackages() {
  const hash = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && installedVersion() === `v${wantedNode}`) return;
  say('installing the packages of package-lock.json, Node among them (npm ci) ...');
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) fail('npm ci failed; its output above says why');
  const version = installedVersion();
  if (version !== `v${wantedNode}`) fail(`expected Node v${wantedNode} in node_modules/.bin, found ${version ?? 'none'}`);
  writeFileSync(stamp, hash);
  say(`packages are in place, running under Node ${version}`);
}

/** The local GitHub merges with `git merge-tree --write-tree`. */
function checkGit() {
  const { stdout } = spawnSync('git', ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38)) return;
  fail(`git 2.38 or newer is needed on the PATH (Debian: apt-get install git), found ${stdout?.trim() || 'none'}`);
}

function installRedis() {
  if (answers('redis-server', ['--version']) || answers('valkey-server', ['--version'])) return;
  const fixes = 'install redis-server or valkey-server (Debian: apt-get install redis-server) so that it is on the PATH';
  if (process.getuid?.() !== 0 || !answers('apt-get', ['--version'])) fail(`no Redis found: ${fixes}`);
  say('no Redis found: installing Debian\'s redis-server (apt-get) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (run('apt-get', ['update', '-qq'], { env }) !== 0) fail(`apt-get update failed; ${fixes}`);
  if (run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env }) !== 0) fail(`apt-get failed; ${fixes}`);
}

if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or newer is needed to begin with, this is ${process.version}`);
checkGit();
installPackages();
installRedis();
