// Starts the dashboard: settings, secret, database, features, server; says where to click. Ends on SIGTERM and SIGINT.
// `recover LOGIN` prints a one-time link instead, for who cannot sign in any more.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import v8 from 'node:v8';
import { recover } from './accounts/recover.ts';
import { openDatabase } from './database.ts';
import type { Deps } from './feature.ts';
import { openFeatures } from './features.ts';
import { openSecretFile } from './keys.ts';
import { openLog } from './log.ts';
import { createApp } from './server.ts';
import { readSettings, type Settings, WrongSetting } from './settings.ts';
import { openSetup } from './setup/setup.ts';
import { compileViews } from './views.ts';

// Half the memory of a dashboard at rest, for a page that comes a millisecond later.
v8.setFlagsFromString('--optimize-for-size');

const graceMs = 5_000;
/** Who sends slowly is cut off before many of them could fill the house. */
const slow = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

const [command, login, ...more] = process.argv.slice(2);
try {
  if (command === undefined) await start(readSettings());
  else if (command === 'recover' && login && more.length === 0) await recoverAt(readSettings(), login);
  else throw new WrongSetting(`There is no command ${process.argv.slice(2).join(' ')}; there is recover LOGIN.`);
} catch (error) {
  process.stderr.write(`${error instanceof WrongSetting ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

async function open(settings: Settings): Promise<Deps> {
  const log = openLog();
  const secret = openSecretFile(settings.secretFile);
  const db = await openDatabase(settings.database.reveal()).catch((cause: Error & { code?: string }) => {
    throw new WrongSetting(
      `GATEHOUSE_DATABASE names a database that cannot be opened: ${cause.message || cause.code}; for example: sqlite:.gatehouse/gatehouse.db`,
    );
  });
  return { settings, db, log, secret, now: Date.now };
}

async function recoverAt(settings: Settings, login: string): Promise<void> {
  if (!existsSync(settings.secretFile))
    throw new WrongSetting(
      `GATEHOUSE_SECRET_FILE ${settings.secretFile} is not there; run this where the dashboard runs, with its settings, for example: docker compose -f docker-compose.prod.yml exec web node web/main.ts recover ${login}`,
    );
  const deps = await open(settings);
  const { ok, text } = await recover(deps, login);
  await deps.db.destroy();
  if (!ok) throw new WrongSetting(text);
  process.stdout.write(`${text}\n`);
}

async function start(settings: Settings): Promise<void> {
  const deps = await open(settings);
  const { db, log } = deps;
  const setup = openSetup(db, Date.now, settings.setupToken);
  const features = openFeatures(deps);
  const server = createServer(slow, createApp(deps, setup, features.list));
  server.maxConnections = 1_000;

  const stop = async () => {
    server.close();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    await features.close();
    server.closeAllConnections();
    clearTimeout(cut);
    await db.destroy();
    log.info('the dashboard ends');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);

  server.once('error', async (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : error.message;
    process.stderr.write(
      `GATEHOUSE_PORT ${settings.port} on ${settings.host}: ${why}; for example: GATEHOUSE_PORT=8081\n`,
    );
    process.exitCode = 1;
    await stop();
  });
  server.listen(settings.port, settings.host, async () => {
    log.info('the dashboard listens', { host: settings.host, port: settings.port });
    const invitation = (await setup.isDone())
      ? `Gatehouse: ${settings.origin}`
      : `Set up Gatehouse within 15 minutes: ${settings.origin}/setup?token=${setup.token.reveal()}`;
    process.stdout.write(`\n  ${invitation}\n\n`);
    await compileViews();
  });
}
