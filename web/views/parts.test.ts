import pug from 'pug';
import { describe, expect, it } from 'vitest';
import { formWith } from '../form.ts';
import { sentence, t } from '../i18n/text.ts';
import { readList } from '../list.ts';

const frame = {
  t,
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

it('sorts by a click, and the other way by the next', () => {
  const columns = "+columns(list, [{ text: 'Login', sort: 'login' }, { text: 'Name', sort: 'name' }])";
  const list = readList({ q: 'x' }, { path: '/users', sorts: ['login', 'name'], filters: ['q'] });
  const html = shown(columns, { list });
  expect(html).toContain('aria-sort="ascending"><a href="/users?q=x&amp;dir=desc">');
  expect(html).toContain('<th scope="col"><a href="/users?q=x&amp;sort=name">');
});

it('asks a list for what is typed or chosen at once, and works as a form without scripts', () => {
  const html = shown(
    "+filters('/users', '#users', 'Search', 'jo')\n  +choice('state', 'State', 'Any', ['ok', 'off'], 'off')",
  );
  expect(html).toContain('<form class="filters" method="get" action="/users" role="search"');
  expect(html).toContain('hx-target="#users" hx-select="#users"');
  expect(html).toContain('value="jo"');
  expect(html).toContain('<option value="off" selected="selected">off</option>');
  expect(html).toContain('<button class="btn" type="submit">Filter</button>');
});
