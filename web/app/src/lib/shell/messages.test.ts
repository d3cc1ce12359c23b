import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Messages = Record<string, string>;
const FILES = ['', 'desk/', 'reports/'];
const read = (locale: string): Messages =>
  Object.assign(
    {},
    ...FILES.map((file) => JSON.parse(readFileSync(new URL(`../../../messages/${file}${locale}.json`, import.meta.url), 'utf8')) as Messages),
  ) as Messages;
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test.each(['ar', 'ur'])('every message is there in %s, with the same places to fill', (locale) => {
  const [english, other] = [read('en'), read(locale)];
  expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
  for (const key of Object.keys(english)) expect(places(other[key] ?? ''), key).toEqual(places(english[key] ?? ''));
});
