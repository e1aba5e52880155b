import { expect, it } from 'vitest';
import { inLanguage } from '../i18n/language.ts';
import { celsius, percent, plain, share, size, span } from './figures.ts';

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
