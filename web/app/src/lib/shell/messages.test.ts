import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Messages = Record<string, string>;
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));
const settings = json('project.inlang/settings.json') as { 'plugin.inlang.messageFormat': { pathPattern: string[] } };
const FILES = settings['plugin.inlang.messageFormat'].pathPattern;
const read = (locale: string): Messages =>
  Object.assign({}, ...FILES.map((file) => json(file.replace('{locale}', locale)) as Messages)) as Messages;
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test.each(['ar', 'ur'])('every message is there in %s, with the same places to fill', (locale) => {
  const [english, other] = [read('en'), read(locale)];
  expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
  for (const key of Object.keys(english)) expect(places(other[key] ?? ''), key).toEqual(places(english[key] ?? ''));
});
