// Starts the dashboard: settings, secret, database, features, server; says where to click. Ends on SIGTERM and SIGINT.
import { createServer } from 'node:http';
import { openDatabase } from './database.ts';
import type { Deps } from './feature.ts';
import { openFeatures } from './features.ts';
import { openSecretFile } from './keys.ts';
import { openLog } from './log.ts';
import { createApp } from './server.ts';
import { readSettings, type Settings, WrongSetting } from './settings.ts';
import { openSetup } from './setup/setup.ts';
import { compileViews } from './views.ts';

const graceMs = 5_000;
/** Who sends slowly is cut off before many of them could fill the house. */
const slow = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

try {
  await start(readSettings());
} catch (error) {
  process.stderr.write(`${error instanceof WrongSetting ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

async function start(settings: Settings): Promise<void> {
  const log = openLog();
  const secret = openSecretFile(settings.secretFile);
  const db = await openDatabase(settings.database.reveal()).catch((cause: Error & { code?: string }) => {
    throw new WrongSetting(
      `GATEHOUSE_DATABASE names a database that cannot be opened: ${cause.message || cause.code}; for example: sqlite:.gatehouse/gatehouse.db`,
    );
  });
  const deps: Deps = { settings, db, log, secret, now: Date.now };
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
