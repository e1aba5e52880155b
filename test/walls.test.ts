// The walls between the folders (docs/ARCHITECTURE.md): an import that one of them forbids is planted, and must be found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

process.chdir(join(import.meta.dirname, '..'));

const biome = resolve('node_modules/.bin/biome');
/** All that the linter knows of the project, without its code: other tests read that at the same time. */
const copy = mkdtempSync(join(tmpdir(), 'gatehouse-walls-'));
for (const folder of ['.', 'allowlist', 'host-agent', 'web']) {
  mkdirSync(join(copy, folder), { recursive: true });
  cpSync(join(folder, 'package.json'), join(copy, folder, 'package.json'));
}
for (const name of ['biome.json', '.gitignore']) cpSync(name, join(copy, name));
afterAll(() => rmSync(copy, { recursive: true }));

/** What the linter says of a file at this path with this code. */
function lint(path: string, code: string): string {
  mkdirSync(join(copy, dirname(path)), { recursive: true });
  writeFileSync(join(copy, path), code, { flag: 'wx' });
  try {
    const { stdout, stderr } = spawnSync(biome, ['lint', '--colors=off', path], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain('Checked 1 file');
    return stdout + stderr;
  } finally {
    rmSync(join(copy, path));
  }
}

it.each([
  ['allowlist/planted.ts', "import 'node:fs';", 'noNodejsModules'],
  ['allowlist/planted.ts', "import '../host-agent/run.ts';", 'imports only itself'],
  ['allowlist/planted.ts', "import 'shell-quote';", 'display.ts alone'],
  ['allowlist/planted.ts', "import 'koffi';", 'noUndeclaredDependencies'],
  ['host-agent/planted.ts', "import 'node:child_process';", 'Only spawn.ts starts processes'],
  ['host-agent/files/planted.ts', "import 'node:child_process';", 'Only spawn.ts starts processes'],
  ['host-agent/planted.ts', "import 'koffi';", 'Only native.ts'],
  ['host-agent/planted.ts', "import '../web/server.ts';", 'knows nothing of the web'],
  ['host-agent/planted.ts', "import 'express';", 'noUndeclaredDependencies'],
  ['host-agent/planted.ts', 'console.log(process.env.PATH);', 'noProcessEnv'],
  ['web/planted.ts', "import 'node:child_process';", 'starts no process'],
  ['web/users/planted.ts', "import '../../host-agent/run.ts';", 'only through web/agent/'],
  ['web/planted.ts', "import 'koffi';", 'noUndeclaredDependencies'],
  ['web/planted.ts', 'console.log(process.env.PATH);', 'noProcessEnv'],
])('in %s, %s is found', (path, code, words) => {
  expect(lint(path, `${code}\n`)).toContain(words);
});

it.each([
  ['allowlist/planted.ts', "import 'zod';"],
  ['host-agent/planted.ts', "import 'node:fs';\nimport '../allowlist/match.ts';"],
  ['web/planted.ts', "import 'express';\nimport '../allowlist/wire.ts';"],
  ['web/planted.test.ts', "import 'node:child_process';"],
])('in %s, %j is fine', (path, code) => {
  expect(lint(path, `${code}\n`)).not.toMatch(
    /noRestrictedImports|noNodejsModules|noUndeclaredDependencies|noProcessEnv/,
  );
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name) && !name.includes('node_modules'))
    .map(name => join(folder, name));
}

it('only spawn.ts takes the part of native.ts that starts processes', () => {
  const takers = sources('host-agent').filter(path =>
    /import \{[^}]*\b(?:spawn|signalGroup|endOf)\b[^}]*\} from '[^']*native\.ts'/s.test(readFileSync(path, 'utf8')),
  );
  expect(takers).toEqual(['host-agent/spawn.ts']);
});

it('nothing of the simulated host is imported by a file that real mode loads', () => {
  const importers = sources('host-agent').filter(
    path => !path.startsWith('host-agent/dummy/') && /^import [^;]*dummy\//m.test(readFileSync(path, 'utf8')),
  );
  expect(importers).toEqual([]);
});

it('nothing works around the walls by eval, require or a computed import', () => {
  for (const path of ['allowlist', 'host-agent', 'web'].flatMap(sources))
    expect(readFileSync(path, 'utf8'), path).not.toMatch(
      /\beval\(|new Function\(|getBuiltinModule|process\.binding|\bimport\((?!['"])/,
    );
});
