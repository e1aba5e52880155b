import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { entryLine, genesis, lineHash } from './entry.ts';
import { installedFiles } from './files.ts';
import { denied, fill, open, place } from './log.fixture.ts';
import { verifyFiles } from './verify.ts';
import { verifyCommand } from './verify-command.ts';

let lines: string[];
let file: string;
const check = (some: string[]) => {
  fs.writeFileSync(file, some.join(''));
  return verifyFiles([file]);
};
const faultAt = (line: number, why?: string) =>
  expect.objectContaining({ ok: false, file, line, ...(why && { why: expect.stringContaining(why) }) });

/** started, 2–7 three acts, 8–10 refusals, stopped */
beforeEach(async () => {
  const log = open();
  await fill(log, 3);
  for (let i = 0; i < 3; i++) log.refused(denied);
  await log.close();
  file = join(place.folder, 'copy.jsonl');
  lines = fs.readFileSync(place.path, 'utf8').split(/(?<=\n)/);
  expect(lines.length).toBe(11);
});

describe('a log that is whole', () => {
  it('is ok, with its count and newest hash', async () => {
    const newest = lineHash(Buffer.from(lines[10]!.slice(0, -1)));
    expect(await check(lines)).toEqual({ ok: true, entries: 11, newest });
  });

  it('may end with an intent that still runs', async () => {
    expect(await check(lines.slice(0, 4))).toMatchObject({ ok: true, entries: 4 });
  });

  it('may lie in several files, in their order only', async () => {
    const other = join(place.folder, 'rest.jsonl');
    fs.writeFileSync(file, lines.slice(0, 5).join(''));
    fs.writeFileSync(other, lines.slice(5).join(''));
    expect(await verifyFiles([file, other])).toMatchObject({ ok: true, entries: 11 });
    expect(await verifyFiles([other, file])).toMatchObject({ ok: false, file: other, line: 1 });
    expect(await verifyFiles([other])).toMatchObject({ ok: false, file: other, line: 1 });
    fs.writeFileSync(file, lines.slice(0, 4).join(''));
    expect(await verifyFiles([file, other])).toMatchObject({
      ok: false,
      file: other,
      line: 1,
      why: expect.stringContaining('entry 5'),
    });
  });
});

describe('names the first line at fault', () => {
  const edit = (i: number, from: string | RegExp, to: string) => lines.with(i, lines[i]!.replace(from, to));

  it('where a line was changed', async () => {
    for (let i = 0; i < 10; i++) expect(await check(edit(i, '"at":"2', '"at":"1'))).toEqual(faultAt(i + 1));
    expect(await check(edit(3, 'New Name', 'Old Name'))).toEqual(faultAt(4));
    expect(await check(edit(5, '"kind":"intent"', '"kind":"intend"'))).toEqual(faultAt(6));
    expect(await check(edit(3, '{', '{ '))).toEqual(faultAt(4));
  });

  it('where prev was changed, emptied or taken away', async () => {
    for (let i = 0; i < 10; i++) {
      expect(await check(edit(i, /"prev":"[0-9a-f]+"/, '"prev":""'))).toEqual(faultAt(i + 1));
      expect(await check(edit(i, /,"prev":"[0-9a-f]+"/, ''))).toEqual(faultAt(i + 1));
    }
    expect(await check(edit(0, genesis, 'F'.repeat(64)))).toEqual(faultAt(1));
    expect(await check(edit(0, genesis, '').slice(0, 1))).toEqual(faultAt(1, 'prev'));
    expect(await check(lines.slice(0, 1))).toMatchObject({ ok: true, entries: 1 });
    expect((await check(edit(10, /"prev":"[0-9a-f]+"/, '"prev":""'))).ok).toBe(false);
  });

  it('where lines beside one another were changed, up to every one', async () => {
    const change = (from: number, to: number, how: (line: string) => string) =>
      check(lines.map((line, i) => (i >= from && i <= to ? how(line) : line)));
    for (let from = 0; from < 10; from++) {
      for (let to = from; to < 11; to++) {
        expect(await change(from, to, line => line.replace('"at":"2', '"at":"1'))).toEqual(faultAt(from + 1));
        expect(await change(from, to, line => line.replace('"prev":"', '"prev":"x'))).toEqual(faultAt(from + 1));
      }
      expect(await change(from, from + 1, line => line.replace('{', '{ '))).toEqual(
        faultAt(from + 1, 'it or the line after it was changed'),
      );
    }
  });

  it('where nothing but the hash in prev is another', async () => {
    const other = lineHash(Buffer.from('another'));
    for (let i = 0; i < 10; i++)
      expect(await check(edit(i, /"prev":"[0-9a-f]+"/, `"prev":"${other}"`))).toEqual(faultAt(i + 1, 'its prev'));
  });

  it('where a line was cut out', async () => {
    for (let i = 0; i < 10; i++) expect(await check(lines.toSpliced(i, 1))).toEqual(faultAt(i + 1, `entry ${i + 1} `));
    expect(await check(lines.slice(5))).toEqual(faultAt(1));
  });

  it('where lines were reordered', async () => {
    for (let i = 0; i < 10; i++) {
      expect(await check(lines.with(i, lines[i + 1]!).with(i + 1, lines[i]!))).toEqual(faultAt(i + 1));
    }
  });

  it('where a line was put in: a double, a copy from elsewhere, one made to fit', async () => {
    for (let i = 0; i < 11; i++) expect(await check(lines.toSpliced(i, 0, lines[i]!))).toEqual(faultAt(i + 2));
    expect(await check(lines.toSpliced(6, 0, lines[1]!))).toEqual(faultAt(7));
    for (const prev of [JSON.parse(lines[6]!).prev, lineHash(Buffer.from('another')), genesis]) {
      const made = entryLine(7, new Date(), 'note', {}, prev).toString();
      expect(await check(lines.toSpliced(6, 0, made))).toEqual(faultAt(7));
    }
  });

  it('where something is no entry', async () => {
    for (const bad of ['\n', 'null\n', '{}\n', '{}{}\n', '[1]\n', '"x"\n', '\xff\n']) {
      expect(await check(lines.with(4, bad))).toEqual(faultAt(5));
      expect(await check([...lines, bad])).toEqual(faultAt(12));
    }
    const kindless = JSON.stringify({
      n: 12,
      at: '2026-11-21T05:30:12.345Z',
      prev: lineHash(Buffer.from(lines[10]!.trim())),
    });
    expect(await check([...lines, kindless + '\n'])).toEqual(faultAt(12, 'kind'));
    expect(await check([...lines, kindless.replace('"prev"', '"kind":"note","prev"') + '\n'])).toMatchObject({
      ok: true,
    });
    expect(
      await check([...lines, kindless.replace('"prev"', '"kind":"note","prev"').replace('T', ' ') + '\n']),
    ).toEqual(faultAt(12, 'at'));
  });

  it('where the end is not a whole line', async () => {
    expect(await check([...lines, '{"n":12'])).toEqual(faultAt(12, 'whole'));
    expect(await check(lines.with(10, lines[10]!.trim()))).toEqual(faultAt(11, 'whole'));
    expect(await check([])).toEqual(faultAt(1, 'no entry'));
  });

  it('where bytes are no UTF-8, or a line has no end', async () => {
    const next = entryLine(12, new Date(), 'note', { text: '@' }, lineHash(Buffer.from(lines[10]!.trim())));
    expect(await check([...lines, next.toString()])).toMatchObject({ ok: true });
    fs.writeFileSync(
      file,
      Buffer.concat([Buffer.from(lines.join('')), next.fill(0xc3, next.indexOf('@'), next.indexOf('@') + 1)]),
    );
    expect(await verifyFiles([file])).toEqual(faultAt(12));
    fs.writeFileSync(file, Buffer.concat([Buffer.from(lines.join('')), Buffer.alloc(9 << 20)]));
    expect(await verifyFiles([file])).toEqual(faultAt(11, 'longer than any entry'));
  });

  it('where an end has no intent, or a second one is made to fit', async () => {
    const next = (fields: object, kind = 'outcome') =>
      entryLine(12, new Date(), kind, { ...fields }, lineHash(Buffer.from(lines[10]!.trim()))).toString();
    for (const of of [2, 1, 12, 99, '2', null])
      expect(await check([...lines, next({ of })])).toEqual(faultAt(12, 'of '));
    expect(await check([...lines, next({}, 'unknown')])).toEqual(faultAt(12, 'of '));
    expect(await check([...lines, next({}, 'confirmed')])).toMatchObject({ ok: true });
  });
});

it('shows a cut tail only beside an announced hash, which is then nowhere', async () => {
  const announced = lineHash(Buffer.from(lines[10]!.trim()));
  const cut = await check(lines.slice(0, 9));
  expect(cut).toMatchObject({ ok: true, entries: 9 });
  expect(cut.ok && cut.newest).not.toBe(announced);
  expect(await check(lines)).toMatchObject({ newest: announced });
});

describe('gatehouse-agent verify', () => {
  const said = async (...args: string[]) => {
    const print = vi.spyOn(console, 'log').mockReturnValue();
    const status = await verifyCommand(args, place.path);
    return [status, ...print.mock.calls.splice(0).flat()];
  };

  it('says ok: N entries with 0, the fault with 1', async () => {
    await check(lines);
    expect(await said(file)).toEqual([0, 'ok: 11 entries']);
    await check(lines.toSpliced(4, 1));
    expect(await said(file)).toEqual([
      1,
      expect.stringContaining(`${file}, line 5: entry 5 should stand here and not 6`),
    ]);
    expect(await said(join(place.folder, 'none'))).toEqual([1, expect.stringContaining('ENOENT')]);
  });

  it('takes all files of the installed log where none is named', async () => {
    const log = open({ rotateBytes: 1000 });
    await fill(log, 10);
    expect(installedFiles(place.path).length).toBeGreaterThan(2);
    expect(await said()).toEqual([0, `ok: ${log.lastEntry} entries`]);
    fs.rmSync(installedFiles(place.path)[1]!);
    expect((await said())[0]).toBe(1);
  });

  it('names the log that is not there, or has no entry', async () => {
    fs.rmSync(dirname(place.path), { recursive: true });
    expect(await said()).toEqual([1, expect.stringContaining(`${place.path}, line 1: what follows cannot be read`)]);
    fs.mkdirSync(dirname(place.path));
    expect(await said()).toEqual([1, `${place.path}, line 1: there is no entry`]);
    fs.writeFileSync(place.path, '');
    expect(await said()).toEqual([1, `${place.path}, line 1: there is no entry`]);
  });
});
