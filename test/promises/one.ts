// A program: one proof of one promise, as `node one.ts P1 <seed> short|full`. Its result is the last line of standard output.
import { proofs } from './all.ts';

const [, , id, seed, size] = process.argv;
const proof = proofs.find((one) => one.id === id);
if (proof === undefined || (size !== 'short' && size !== 'full') || !Number.isSafeInteger(Number(seed))) {
  process.stderr.write(`expected: one.ts ${proofs.map((one) => one.id).join('|')} <seed> short|full\n`);
  process.exit(2);
}
const proved = await proof.run({ seed: Number(seed), size, tell: (line) => void process.stderr.write(`${id}: ${line}\n`) });
process.stdout.write(`${JSON.stringify(proved)}\n`, () => process.exit(0));
