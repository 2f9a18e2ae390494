// A program: proofs that look at one run, as `node one.ts P4,P14 <seed> short|full`. Standard output ends with a line of JSON for each.
import { proofs } from './all.ts';

const [, , ids = '', seed, size] = process.argv;
const asked = ids.split(',').map((id) => proofs.find((one) => one.id === id) ?? id);
const known = asked.filter((one) => typeof one !== 'string');
if (known.length < asked.length || (size !== 'short' && size !== 'full') || !Number.isSafeInteger(Number(seed))) {
  process.stderr.write(`expected: one.ts ${proofs.map((one) => one.id).join('|')}[,...] <seed> short|full\n`);
  process.exit(2);
}
for (const proof of known) {
  const proved = await proof.run({ seed: Number(seed), size, tell: (line) => void process.stderr.write(`${proof.id}: ${line}\n`) });
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify({ promise: proof.id, ...proved })}\n`, resolve));
}
process.exit(0);
