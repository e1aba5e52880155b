import pug from 'pug';
import { describe, expect, it } from 'vitest';
import { visible } from '../changes/command.ts';
import { formWith } from '../form.ts';
import * as figures from '../i18n/figures.ts';
import { sentence, t } from '../i18n/text.ts';
import { readList } from '../list.ts';

const frame = {
  t,
  ...figures,
  visible,
  sentence,
  asset: (name: string) => `/static/${name}`,
  csrf: 'the-token',
  path: '/',
  theme: 'system',
};
const shown = (text: string, locals: object = {}) =>
  pug.render(`include /views/mixins\n${text}`, {
    basedir: `${import.meta.dirname}/..`,
    filename: `${import.meta.dirname}/x.pug`,
    ...frame,
    ...locals,
  });
const words = (html: string) => [...html.matchAll(/<span class="arg">([^<]*)<\/span>/g)].map(([, word]) => word);

describe('a command', () => {
  it('is shown whole, an argument in a piece of its own', () => {
    const html = shown(`+command("/usr/sbin/useradd -c 'Jo  Example' -u 1007 jo")`);
    expect(words(html)).toEqual(['/usr/sbin/useradd', '-c', '&#39;Jo  Example&#39;', '-u', '1007', 'jo'].map(unquoted));
    expect(html).toContain('</span> <span');
    expect(words(shown(`+command(['/usr/sbin/usermod', '-c', "'a b'"])`))).toHaveLength(3);
  });

  it.each([
    [`a 'it'\\''s' b`, ['a', `'it'\\''s'`, 'b']],
    ['a "b c" d', ['a', '"b c"', 'd']],
    ['a b\\ c', ['a', 'b\\ c']],
    ["a 'open b", ['a', "'open", 'b']],
    ["x=''y", ["x=''y"]],
  ])('loses no sign of %s', (line, expected) => {
    const html = shown('+command(line)', { line });
    expect(words(html)).toEqual(
      expected.map(part => part.replaceAll('"', '&quot;').replaceAll('&', '&amp;').replaceAll('&amp;quot;', '&quot;')),
    );
  });

  it('cannot bring markup in', () => {
    expect(shown('+command(line)', { line: '<script>x</script>' })).not.toContain('<script>');
    expect(shown('+diff(text)', { text: '+<img src=x>' })).toContain('<span class="add">+&lt;img src=x&gt;</span>');
  });
});

const unquoted = (text: string) => text.replaceAll('&#39;', "'");

describe('a field', () => {
  it('has a label, says what was wrong beside itself, and takes the focus', () => {
    const form = formWith({ login: 'J o' }, { login: 'A login is small.' });
    const html = shown("+field('login', 'Login', { hint: 'Short.' })", { form });
    expect(html).toContain('<label for="login">Login</label>');
    expect(html).toContain('aria-describedby="login-hint login-error" aria-invalid="true" autofocus="autofocus"');
    expect(html).toContain('value="J o"');
  });

  it('never shows a password again, whoever passes one', () => {
    const form = { typed: { password: 'hunter2' }, errors: {}, first: undefined };
    expect(shown("+field('password', 'Password', { type: 'password', value: 'hunter2' })", { form })).not.toContain(
      'hunter2',
    );
  });

  it('takes no focus of its own where another field is wrong', () => {
    const form = formWith({}, { name: 'Missing.' });
    expect(shown("+field('login', 'Login', { autofocus: true })", { form })).not.toContain('autofocus');
    expect(shown("+field('login', 'Login', { autofocus: true })")).toContain('autofocus');
  });
});

it('puts the token into every form', () => {
  expect(shown("+form('/users')")).toContain('<input type="hidden" name="_csrf" value="the-token"/>');
});

describe('a table', () => {
  const list = readList({ q: 'x' }, { path: '/users', sorts: ['login', 'name'], filters: ['q'] });

  it('sorts by a click, and the other way by the next', () => {
    const html = shown("+table([['Login', 'login'], ['Name', 'name'], 'State', ''], { list })\n  tr: td jo", { list });
    expect(html).toContain('aria-sort="ascending"><a href="/users?q=x&amp;dir=desc">');
    expect(html).toContain('<th scope="col"><a href="/users?q=x&amp;sort=name">');
    expect(html).toContain('<th scope="col">State</th><td></td></tr></thead>');
    expect(html).toContain('<tbody><tr><td>jo</td></tr></tbody></table>');
    expect(html).not.toContain('pager');
  });

  it('says how much there is, and leads to the pages before and after', () => {
    const paged = (page: number) =>
      shown("+table(undefined, { list, at, summary: '104 users', label: 'Users' })", { list, at: { page, pages: 2 } });
    expect(paged(1)).toContain('<span>104 users</span>');
    expect(paged(1)).toMatch(/Page 1 of 2<\/span><a href="\/users\?q=x&amp;page=2" rel="next">/);
    expect(paged(2)).toMatch(/<a href="\/users\?q=x" rel="prev">.*Page 2 of 2<\/span><\/span>/);
    expect(paged(1)).toContain('<table class="list" aria-label="Users"><tbody>');
    expect(paged(1)).not.toContain('thead');
  });

  it('takes bodies of its own where its rows are in groups', () => {
    const html = shown("+table(['Rule'], { groups: true })\n  tbody: tr: td a\n  tbody: tr: td b");
    expect(html.match(/<tbody>/g)).toHaveLength(2);
  });
});

describe('what must be confirmed', () => {
  it('is the code of the host, beside what was wrong with it', () => {
    const html = shown("+confirm('code')", { form: formWith({ code: '12' }, { code: 'Six digits.' }) });
    expect(html).toContain('One-time code</label>');
    expect(html).toMatch(/<input class="code-input" [^>]*inputmode="numeric"/);
    expect(html).toContain('Six digits.');
    expect(shown("+confirm('code', { label: 'Its code' })")).toContain('>Its code</label>');
  });

  it('is one’s password, which is never shown again', () => {
    const html = shown("+confirm('self')", { form: { typed: { code: 'hunter2' }, errors: {} } });
    expect(html).toContain('type="password"');
    expect(html).not.toContain('hunter2');
  });

  it('is the name of what is destroyed, as it was typed', () => {
    const html = shown("+confirm('name', { label: 'Type jo' })", { form: formWith({ confirm: 'jO' }, {}) });
    expect(html).toContain('<label for="confirm">Type jo</label>');
    expect(html).toContain('value="jO"');
  });

  it.each(['host', 'nothing'])('needs no field for %s', how => {
    const html = shown('+confirm(how)', { how });
    expect(html).toContain(t(`confirm.${how as 'host'}`));
    expect(html).not.toContain('<input');
  });
});

it('makes a card of one act: what it does, its fields, and one button', () => {
  const html = shown(
    "+act('Lock', 'At once.', '/users/jo/lock', 'Lock jo', { id: 'lock', tone: 'danger' })\n  +confirm('name', { label: 'Type jo' })",
  );
  expect(html).toMatch(
    /<section class="card" id="lock">.*<p class="sub">At once\.<\/p><form method="post" action="\/users\/jo\/lock"/,
  );
  expect(html).toMatch(/Type jo<\/label>.*<button class="btn danger" type="submit">Lock jo<\/button>/);
});

describe('a job', () => {
  const row = { id: 'c_1', title: 'Lock <jo>', state: 'running', account: 'sam', started_at: 0, again: '/', next: '/' };
  const step = { position: 1, puts_back: null, says: 'Lock', shown: ['usermod'], tone: 'busy', word: 'running' };
  const summary = { stays: [], putBack: [], stuck: [] };
  const running = { row, steps: [step], summary, isLive: true, cursor: '0.0', mayAct: true, tone: 'busy' };
  const html = (job: object) => shown('include /views/job\n+job(job)', { job, account: { role: 'member' } });

  it('that runs is followed, and can be cancelled and its output paused', () => {
    const page = html(running);
    expect(page).toContain('hx-sse:connect="/changes/c_1/events?from=0.0"');
    expect(page).toContain('action="/changes/c_1/cancel"');
    expect(page).toContain('<button class="btn quiet" id="pause" type="button" hidden="hidden"');
    expect(page).toContain('role="log"');
  });

  it('leads on to the page of its act whom that page lets in', () => {
    const done = { ...row, state: 'done', ended_at: 1_500, account_id: 'a1' };
    const page = (next: string, account: object) =>
      shown('include /views/job\n+job(job)', {
        job: { ...running, row: { ...done, next }, isLive: false, tone: 'ok', next: 'Go on' },
        account,
      });
    const [sam, own] = [
      { id: 'a2', role: 'administrator' },
      { id: 'a1', role: 'member' },
    ];
    expect(page('/users/jo', sam)).toContain('Go on');
    expect(page('/my-user', own)).toContain('Go on');
    expect(page('/my-user', sam)).not.toContain('Go on');
    expect(page('/users/jo', { id: 'a1', role: 'reviewer' })).not.toContain('Go on');
  });

  it('that has ended is not: it says what came of it, and what now', () => {
    const done = { ...row, state: 'done', ended_at: 1_500 };
    const page = html({ ...running, row: done, isLive: false, mayUndo: true, tone: 'ok', next: 'Open jo' });
    expect(page).toContain('action="/changes/c_1/undo"');
    expect(page).toContain('1.5 secs');
    expect(page).not.toMatch(/hx-sse|id="pause"|\/cancel|role="log"/);
  });

  it('shows what a command printed as text', () => {
    expect(html({ ...running, steps: [{ ...step, output: '<b>' }] })).toContain('&lt;b&gt;</pre>');
    expect(html(running)).toContain('Lock &lt;jo&gt;');
  });
});

it('asks a list for what is typed or chosen at once, and works as a form without scripts', () => {
  const html = shown(
    "+filters('/users', '#users', 'Search', { value: 'jo' })\n  +choice('state', 'State', 'Any', ['ok', 'off'], 'off')",
  );
  expect(html).toContain('<form class="filters" method="get" action="/users" role="search"');
  expect(html).toContain('hx-target="#users" hx-select="#users"');
  expect(html).toContain('value="jo"');
  expect(html).toContain('<option value="off" selected="selected">off</option>');
  expect(html).toContain('<button class="btn" type="submit">Filter</button>');
});

it('keeps the order of a list while it is filtered', () => {
  const filters = (query: object) =>
    shown("+filters('/users', '#users', 'Search', { list })", {
      list: readList({ ...query }, { path: '/users', sorts: ['login', 'name'], filters: ['q'] }),
    });
  expect(filters({ sort: 'name', q: 'jo' })).toContain('<input type="hidden" name="sort" value="name"/>');
  expect(filters({ sort: 'name', q: 'jo' })).toContain('value="jo"');
  expect(filters({})).not.toContain('type="hidden"');
});
