import { expect, it } from 'vitest';
import { ago, celsius, percent, plain, share, size, span, time, took } from './figures.ts';
import { inLanguage } from './language.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [2_140_000_000, '2.1 GB'],
  [117e9, '117 GB'],
  [3.7e12, '3.7 TB'],
])('writes %d bytes as %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

it.each([
  [59_000, 'less than a minute'],
  [60_000, '1 minute'],
  [3 * 3_600_000, '3 hours'],
  [47 * 3_600_000, '47 hours'],
  [12 * 86_400_000, '12 days'],
])('writes %d ms as %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

it('writes as the reader does', () => {
  const written = () =>
    [size(2_140_000_000), percent(0.384), plain(0.4), celsius(48.6), span(12 * 86_400_000)].map(text =>
      text.replace('\u00a0', ' '),
    );
  expect(written()).toEqual(['2.1 GB', '38%', '0.40', '49°C', '12 days']);
  expect(inLanguage('de', written)).toEqual(['2,1 GB', '38 %', '0,40', '49 °C', '12 Tage']);
});

it('gives a share of a whole, and none of nothing', () => {
  expect([share(38, 100), share(1, 0)]).toEqual([0.38, 0]);
});

it.each([
  [0, '0 ms', '0 ms'],
  [1_240, '1.2 secs', '1,2 Sek.'],
  [720_000, '12 mins', '12 Min.'],
])('writes that something took %d ms as %s', (ms, english, german) => {
  const written = () => took(ms).replace('\u00a0', ' ');
  expect([written(), inLanguage('de', written)]).toEqual([english, german]);
});

it('writes a moment so that nobody reads another day or half of the day', () => {
  const afternoon = new Date(2026, 2, 4, 15, 2, 31).getTime();
  expect([time(afternoon), inLanguage('de', () => time(afternoon))]).toEqual([
    '4 Mar 2026, 15:02:31',
    '04.03.2026, 15:02:31',
  ]);
  expect(time('no moment')).toBe('–');
});

it('says how long ago something was', () => {
  const now = Date.UTC(2026, 2, 4);
  const told = () => [ago(now - 600_000, now), ago(`${now - 86_400_000}`, now)];
  expect(told()).toEqual(['10 minutes ago', 'yesterday']);
  expect(inLanguage('de', told)).toEqual(['vor 10 Minuten', 'gestern']);
});
