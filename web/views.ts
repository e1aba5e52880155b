// How a view becomes a page; and compiles every view once, a moment each, so that nobody is the first to wait for one.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compileFile, renderFile } from 'pug';
import { visible } from './changes/command.ts';

/** Into Pug's own cache, where `res.render` looks. A view that does not compile throws. */
export async function compileViews(): Promise<void> {
  for (const name of globSync('*/views/*.pug', { cwd: import.meta.dirname })) {
    await setImmediate();
    compileFile(join(import.meta.dirname, name), { basedir: import.meta.dirname, cache: true, compileDebug: false });
  }
}

/** What a page would hide, obey or turn around, whoever put it there. The joiners and the looks of emoji are parts of names. */
const hidden = /(?![\t\n\r\u200c\u200d])(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|\u034f)/gu;

/** For `app.engine`: the page with all of that written out, wherever in it. */
export function renderView(path: string, options: object, done: (error: Error | null, html?: string) => void): void {
  renderFile(path, options, (error, html) => done(error, html?.replace(hidden, visible)));
}
