// `node test/host/stop.ts NAME…` takes test hosts away, with their volumes.
import { removeHost } from './remove.ts';

const names = process.argv.slice(2);
if (names.length === 0) {
  console.error('Name the host to take away: node test/host/stop.ts NAME');
  process.exitCode = 1;
}
for (const name of names) await removeHost(name);
