// The commands of the dashboard's process, with all they load. To serve: settings, secret, database, features, server; says where to click.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { recover } from './accounts/recover.ts';
import { openDatabase } from './database.ts';
import type { Deps } from './feature.ts';
import { openFeatures } from './features.ts';
import { openSecretFile } from './keys.ts';
import { openLog } from './log.ts';
import { createApp } from './server.ts';
import { type Settings, WrongSetting } from './settings.ts';
import { openSetup } from './setup/setup.ts';
import { compileViews } from './views.ts';

const graceMs = 5_000;
/** Who sends slowly is cut off before many of them could fill the house. */
const slow = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

/** Serves until `end` is aborted, and resolves when nothing is open any more. */
export async function serve(settings: Settings, end: AbortSignal): Promise<void> {
  const deps = await open(settings);
  const { db, log } = deps;
  if (end.aborted) return db.destroy();
  const asked = once(end, 'abort');
  const setup = openSetup(db, Date.now, settings.setupToken);
  const features = openFeatures(deps);
  const server = createServer(slow, createApp(deps, setup, features.list));
  server.maxConnections = 1_000;
  try {
    server.listen(settings.port, settings.host);
    await once(server, 'listening').catch(error => {
      throw cannotListen(settings, error);
    });
    server.on('error', error => void log.error('a connection could not be taken', { error }));
    log.info('the dashboard listens', { host: settings.host, port: settings.port });
    const invitation = (await setup.isDone())
      ? `Gatehouse: ${settings.origin}`
      : `Set up Gatehouse within 15 minutes: ${settings.origin}/setup?${new URLSearchParams({ token: setup.token.reveal() })}`;
    process.stdout.write(`\n  ${invitation}\n\n`);
    await Promise.race([asked, compileViews().then(() => asked)]);
  } finally {
    server.close();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    await features.close();
    server.closeAllConnections();
    clearTimeout(cut);
    await db.destroy();
  }
  log.info('the dashboard ends');
}

export async function recoverAt(settings: Settings, login: string): Promise<void> {
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

/** A port may be taken, or be root's alone; all else is wrong with the address. */
function cannotListen({ host, port }: Settings, { code, message }: NodeJS.ErrnoException): WrongSetting {
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : message;
    return new WrongSetting(`GATEHOUSE_PORT ${port} on ${host}: ${why}; for example: GATEHOUSE_PORT=8081`);
  }
  return new WrongSetting(
    `GATEHOUSE_HOST ${host} is not an address of this machine: ${message}; for example: GATEHOUSE_HOST=127.0.0.1`,
  );
}
