import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { baseLocale } from '$lib/paraglide/runtime';
import { patternOf, reworded, SENTENCES } from './refusals';

/** All that the hub's source says, with what runs over several lines in one. */
const SOURCE = ['core', 'server']
  .flatMap((crate) => {
    const folder = new URL(`../../../../../crates/${crate}/src/`, import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rs'));
    return files.map((name) => readFileSync(new URL(name, folder), 'utf8'));
  })
  .join('\n')
  .replace(/\\\n\s*/g, '')
  .replaceAll('\\"', '"');

test('every sentence is one the hub still says', () => {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const unsaid = SENTENCES.map((say) => say(new Proxy({}, { get: () => '\0' }), { locale: baseLocale })).filter(
    (words) => !new RegExp(words.split('\0').map(literal).join(String.raw`\{[^{}]*\}`)).test(SOURCE),
  );
  expect(unsaid).toEqual([]);
});

test('a sentence is known by its words, with what is put into it', () => {
  const { words, names } = patternOf((put) => `at most ${put.max} ${put.what} are allowed`);
  expect(names).toEqual(['max', 'what']);
  expect(words.exec('at most 10 values of one identifier are allowed')?.slice(1)).toEqual(['10', 'values of one identifier']);
});

const own = (words: string) => `\u2068${words}\u2069`;
test.each([
  ['you are not in this conversation', '', 'لست في هذه المحادثة'],
  ['title: must have at most 50 characters', 'field_invalid', `${own('title')}: الحد الأقصى ${own('50')} حرفًا`],
  ['must be a prime', 'field_invalid', `هذه القيمة غير مقبولة: ${own('must be a prime')}`],
  ['you changed version 1, but version 2 is the present one', 'precondition_failed', 'غيّر شخص آخر هذا في الأثناء. حمّله من جديد وأعد تغييرك'],
  ['the moon is full', 'lunatic', own('the moon is full')],
])('%j (%s)', (words, code, arabic) => {
  expect(reworded(words, code, 'ar')).toBe(arabic);
});
