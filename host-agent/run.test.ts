import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import type { ChildSpec, Ended, Host } from './host.ts';
import { type Ran, run } from './run.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A host with one child, which does only what it is told. */
function stage() {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const signals: string[] = [];
  const specs: ChildSpec[] = [];
  const host: Host = {
    mode: 'dummy',
    root: '',
    start(spec) {
      specs.push(spec);
      return { pid: 1, stdout, stderr, ended, kill: signal => void signals.push(signal) };
    },
  };
  const end = (outcome: Ended = { code: 0, signal: null }) => {
    stdout.end();
    stderr.end();
    resolve(outcome);
  };
  return { host, stdout, stderr, signals, specs, end };
}

describe('a program', () => {
  it('gets its stdin, its rule’s variables and nothing else of the agent’s environment', async () => {
    const { host, specs, end } = stage();
    const ran = run(host, ['/usr/bin/true', 'x'], { stdin: 'a\n', env: { RULE: '1' } });
    end();
    await ran;
    expect(specs).toEqual([
      {
        ...{ argv: ['/usr/bin/true', 'x'], stdin: 'a\n', fds: [] },
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/root', RULE: '1' },
      },
    ]);
  });

  it('is told with its output, its code and how much there was', async () => {
    const { host, stdout, stderr, end } = stage();
    const ran = run(host, ['/usr/bin/true']);
    stdout.write('zoë');
    stderr.write('no');
    end({ code: 3, signal: null });
    expect(await ran).toMatchObject({
      ...{ code: 3, signal: null, stdout: 'zoë', stderr: 'no', stdoutBytes: 4, stderrBytes: 2 },
      ...{ truncated: false, endedBy: null },
    });
  });

  it('that prints too much is cut, counted and not stopped', async () => {
    const { host, stdout, end } = stage();
    const ran = run(host, ['/usr/bin/true'], { outputBytes: 10 });
    for (let i = 0; i < 4; i++) stdout.write('123456');
    end();
    expect(await ran).toMatchObject({ stdout: '1234561234', stdoutBytes: 24, truncated: true, code: 0 });
  });

  it('that prints as much as is kept is not cut', async () => {
    const { host, stdout, end } = stage();
    const ran = run(host, ['/usr/bin/true'], { outputBytes: 10 });
    stdout.write('1234567890');
    end();
    expect(await ran).toMatchObject({ stdout: '1234567890', truncated: false });
  });

  it('is streamed letter by letter, however the bytes are cut, and then nothing is kept', async () => {
    const { host, stdout, stderr, end } = stage();
    const told: string[] = [];
    const ran = run(host, ['/usr/bin/true'], {
      output: (stream, text) => void told.push(`${stream} ${text}`),
    });
    const bytes = Buffer.from('€');
    stdout.write(bytes.subarray(0, 1));
    stdout.write(bytes.subarray(1));
    stderr.write('no');
    stderr.write(bytes.subarray(0, 2));
    end();
    expect(await ran).toMatchObject({ stdout: '', stderr: '', stdoutBytes: 3, truncated: false });
    expect(told.sort()).toEqual(['stderr no', 'stderr �', 'stdout €']);
  });

  it('waits with what it prints while whoever reads it has enough, and is not late for that', async () => {
    vi.useFakeTimers();
    const { host, stdout, end } = stage();
    const told: string[] = [];
    const read = Promise.withResolvers<void>();
    const ran = run(host, ['/usr/bin/true'], {
      output(_, text) {
        told.push(text);
        return text === 'one' ? read.promise : undefined;
      },
    });
    stdout.write('one');
    await vi.advanceTimersByTimeAsync(10);
    stdout.write('two');
    end();
    await vi.advanceTimersByTimeAsync(limits.deadlineMs + 1);
    expect(told).toEqual(['one']);
    read.resolve();
    expect(await ran).toMatchObject({ code: 0, endedBy: null, stdoutBytes: 6 });
    expect(told).toEqual(['one', 'two']);
    vi.useRealTimers();
  });

  it.each([
    ['ENOENT', 'not-installed'],
    ['EACCES', 'failed'],
    ['EMFILE', 'failed'],
  ])('that cannot be started (%s) is refused as %s', async (code, problem) => {
    const host: Host = {
      ...stage().host,
      start() {
        throw Object.assign(new Error('no'), { code });
      },
    };
    const ran = await run(host, ['/usr/bin/nosuch']);
    expect(ran).toBeInstanceOf(Refused);
    expect(ran).toMatchObject({ problem, message: expect.stringContaining('nothing was run') });
  });
});

describe('a program that does not end', () => {
  const ask = async (ran: Promise<Ran | Refused>) => ((await ran) as Ran).endedBy;

  it('gets SIGTERM at its deadline and SIGKILL 5 s later', async () => {
    const { host, signals, end } = stage();
    const ran = run(host, ['/usr/bin/true'], { deadlineMs: 2000 });
    vi.advanceTimersByTime(1999);
    expect(signals).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(signals).toEqual(['SIGTERM']);
    vi.advanceTimersByTime(4999);
    expect(signals).toEqual(['SIGTERM']);
    vi.advanceTimersByTime(1);
    expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
    end({ code: null, signal: 'SIGKILL' });
    expect(await ask(ran)).toBe('deadline');
  });

  it('has 30 s unless its rule says other', () => {
    const { host, signals } = stage();
    void run(host, ['/usr/bin/true']);
    vi.advanceTimersByTime(29_999);
    expect(signals).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(signals).toEqual(['SIGTERM']);
  });

  it('gets the same when its request is cancelled, once', async () => {
    const { host, signals, end } = stage();
    const cancel = new AbortController();
    const ran = run(host, ['/usr/bin/true'], { cancelled: cancel.signal, deadlineMs: 1000 });
    cancel.abort('asked');
    vi.advanceTimersByTime(4000);
    expect(signals).toEqual(['SIGTERM']);
    end({ code: null, signal: 'SIGTERM' });
    expect(await ask(ran)).toBe('cancel');
    vi.advanceTimersByTime(60_000);
    expect(signals).toEqual(['SIGTERM']);
  });

  it('that was cancelled before it began is ended at once', () => {
    const { host, signals } = stage();
    void run(host, ['/usr/bin/true'], { cancelled: AbortSignal.abort('gone') });
    expect(signals).toEqual(['SIGTERM']);
  });

  it('but for that leaves no timer and no listener', async () => {
    const { host, end } = stage();
    const cancel = new AbortController();
    const ran = run(host, ['/usr/bin/true'], { cancelled: cancel.signal });
    end();
    expect(await ask(ran)).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
    cancel.abort('asked');
    expect(vi.getTimerCount()).toBe(0);
  });
});
