// Compiles every view once, a moment each, so that nobody is the first to wait for one.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compileFile } from 'pug';

/** Into Pug's own cache, where `res.render` looks. A view that does not compile throws. */
export async function compileViews(): Promise<void> {
  for (const name of globSync('*/views/*.pug', { cwd: import.meta.dirname })) {
    await setImmediate();
    compileFile(join(import.meta.dirname, name), { basedir: import.meta.dirname, cache: true, compileDebug: false });
  }
}
