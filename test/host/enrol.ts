// Enrols the owner's one-time code at the host's terminal, as a person would, and then makes the codes an app would show.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestHost } from './host.ts';
import { dockerArgv } from './run.ts';

/** The owner's app: each code once, so that none is refused as used. */
export class Authenticator {
  readonly #secret: Buffer;
  #firstStep = 0;
  #lastStep = 0;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** Waits until there is a code that was not given yet. */
  async next(): Promise<string> {
    for (;;) {
      const step = nowStep();
      if (step > this.#lastStep) {
        this.#lastStep = step;
        this.#firstStep ||= step;
        return codeAt(this.#secret, step);
      }
      await sleep(500);
    }
  }

  /** The code shown now, also where it was used: the host is made to forget all since the enrolment. Not for tests of replay. */
  async again(host: TestHost): Promise<string> {
    while (nowStep() <= this.#firstStep) await sleep(200);
    await host.must(['rm', '-f', '/var/lib/gatehouse/confirmation-attempts.json']);
    this.#lastStep = nowStep();
    return codeAt(this.#secret, this.#lastStep);
  }

  /** Six digits that are no code now. */
  wrong(): string {
    const near = [-2, -1, 0, 1, 2].map(by => codeAt(this.#secret, nowStep() + by));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !near.includes(code)) ?? '';
  }
}

const nowStep = (): number => Math.floor(Date.now() / 30_000);

/** Types `gatehouse-agent confirm enrol` on a terminal of the host and answers it. */
export async function enrol(host: TestHost): Promise<Authenticator> {
  const [program = '', ...args] = [
    'script',
    '-qefc',
    dockerArgv('exec', '-it', host.name, 'gatehouse-agent', 'confirm', 'enrol').join(' '),
    '/dev/null',
  ];
  const terminal = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>(resolve => terminal.on('close', resolve));
  let said = '';
  let app: Authenticator | undefined;
  terminal.stdout.on('data', async (chunk: Buffer) => {
    said += chunk;
    const secret = /^\s+((?:[A-Z2-7]{4} ?)+)\s*$/m.exec(said)?.[1];
    if (app || !secret || !said.includes('shows now')) return;
    app = new Authenticator(fromBase32(secret.replaceAll(' ', '')));
    terminal.stdin.write(`${await app.next()}\n`);
  });
  const code = await ended;
  if (code !== 0 || !app) throw new Error(`enrolling ended with ${code}: ${said.slice(-500)}`);
  return app;
}

function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map(char => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)?.map(byte => Number.parseInt(byte, 2)) ?? []);
}

/** RFC 6238 with SHA-1, 30 s, 6 digits: written here once more, so that the agent is not tested against itself. */
function codeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[19] as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
