import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { startHost, type TestHost, whyNoHost } from '../host/start.ts';
import type { Machine } from './machine.ts';
import { logins, sudoersFile } from './programs.ts';
import { runCases } from './suite.ts';

const env = { LANG: 'C.UTF-8' };

function driver(host: TestHost): Machine {
  return {
    run: (argv, stdin = '') => host.exec(argv, { input: stdin, env }),
    read: path => host.readFile(path),
    async stat(path) {
      const { code, stdout } = await host.exec(['stat', '-c', '%a %u', '--', path]);
      const [mode = '', uid = ''] = stdout.trim().split(' ');
      return code === 0 ? { mode: Number.parseInt(mode, 8), uid: Number(uid) } : undefined;
    },
    write: (path, text) => host.writeFile(path, text),
    async occupy(login) {
      const script =
        'setpriv --reuid="$0" --regid=users --clear-groups sleep 600 >/dev/null 2>&1 & until pgrep -u "$0"; do sleep 0.05; done';
      await host.must(['sh', '-c', script, login]);
    },
  };
}

/** Takes away all that a case may have left, in whatever state. */
async function clean(host: TestHost): Promise<void> {
  const script = `rm -rf "$0"
    for login; do pkill -KILL -u "$login"; pdbedit -d0 -x -u "$login"; userdel -f "$login"; rm -rf "/home/$login"; done
    for login; do groupdel "$login"; done
    true`;
  await host.must(['sh', '-c', script, sudoersFile, ...logins]);
}

const why = whyNoHost();
describe.skipIf(why !== null)(`a real host${why ? ` (${why})` : ''}`, () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  }, 600_000);
  afterEach(() => clean(host));
  afterAll(() => host?.stop());

  runCases(() => driver(host));
});
