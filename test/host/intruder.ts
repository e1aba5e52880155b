// Whoever owns the web whole: speaks to the agent from inside its container, as its user, with whatever code the owner was made to give.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../../allowlist/wire.ts';
import type { Authenticator } from './enrol.ts';
import type { TestHost } from './host.ts';
import { web } from './installed.ts';
import type { Outcome } from './run.ts';

export interface Answer {
  id: string | null;
  event: string;
  problem?: string;
  message?: string;
  entry?: number | null;
  ok?: boolean;
  result?: Record<string, unknown>;
  [more: string]: unknown;
}

export interface Heard {
  answers: Answer[];
  /** The agent closed the connection. */
  closed: boolean;
  failed?: string;
}

type Listed = Command & { undo?: true };

const speaker = readFileSync(join(import.meta.dirname, 'speak.ts'), 'utf8');
const speaking = ['--input-type=module-typescript', '--eval', speaker];
const speakingInside = ['docker', 'exec', '-i', web, 'node', ...speaking];

/** As somebody else who has the folder of the socket: a container of its own, with that `uid:gid`. */
export function speakingAs(user: string): string[] {
  const run = [
    'docker',
    'run',
    '--rm',
    '-i',
    '--user',
    user,
    '-v',
    '/run/gatehouse:/run/gatehouse',
    '--entrypoint',
    'node',
  ];
  return [...run, 'gatehouse-web', ...speaking];
}

export class Intruder {
  readonly host: TestHost;
  readonly app: Authenticator;

  constructor(host: TestHost, app: Authenticator) {
    this.host = host;
    this.app = app;
  }

  /** Runs a program inside the web's container, as its user. */
  inside(...argv: string[]): Promise<Outcome> {
    return this.host.exec(['docker', 'exec', '-i', web, ...argv]);
  }

  /** Each on a connection of its own, one after the other. */
  async speak(sendings: readonly object[], how: readonly string[] = speakingInside): Promise<Heard[]> {
    const said = await this.host.must(how, { input: JSON.stringify(sendings), timeoutMs: 240_000 });
    return JSON.parse(said) as Heard[];
  }

  /** Requests on one connection, each after the answer to the one before; the answers, less the output. */
  async asks(requests: readonly object[]): Promise<Answer[]> {
    const [heard] = await this.speak([{ asks: requests }]);
    return heard?.answers.filter(({ event }) => event !== 'output') ?? [];
  }

  async ask(cmd: string, args: readonly string[] = [], more: object = {}): Promise<Answer> {
    const [answer] = await this.asks([{ cmd, args, ...more }]);
    return answer ?? { id: null, event: 'silence' };
  }

  /** Has the owner give a code for these, and asks each with the ticket. First the answer to @confirm. */
  async confirmed(...requests: Listed[]): Promise<Answer[]> {
    const stdin = JSON.stringify({ code: await this.app.again(this.host), requests });
    const steps = requests.filter(({ undo }) => !undo);
    return this.asks([{ cmd: '@confirm', args: [], stdin }, ...steps.map(step => ({ ...step, ticket: '' }))]);
  }

  async nextUid(): Promise<number> {
    return Number((await this.ask('@status')).result?.nextUid);
  }

  async makeUser(login: string, fullName = 'Somebody'): Promise<Answer> {
    return this.ask('useradd', useraddArgs(await this.nextUid(), fullName, login));
  }
}

export const useraddArgs = (uid: number | string, fullName: string, login: string): string[] => [
  ...['-m', '-K', 'HOME_MODE=0700', '-u', `${uid}`, '-g', 'users'],
  ...['-s', '/usr/sbin/nologin', '-c', fullName, login],
];
