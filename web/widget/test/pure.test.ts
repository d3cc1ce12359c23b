// Texts, colours, forms and languages.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Rgb, contrast, css, hex, legible, palette } from '../src/colour';
import { type Answers, filledIn, flaw, identifierIn, readForm, readPatterns } from '../src/form';
import { pieces } from '../src/text';
import { reason } from '../src/wire';
import { Language, chosen } from '../src/words';
import { ar } from '../src/words/ar';
import { en } from '../src/words/en';
import { ur } from '../src/words/ur';

/** Pieces as they would be written. */
const written = (text: string, marked: boolean) =>
  pieces(text, marked).map((piece) => (piece.is === 'link' ? `[${piece.text}](${piece.href})` : piece.is === 'plain' ? piece.text : `<${piece.is} ${piece.text}>`));

test.each([
  ['See https://x.example/a?b=1, please.', ['See ', '[https://x.example/a?b=1](https://x.example/a?b=1)', ', please.']],
  ['(https://x.example)', ['(', '[https://x.example](https://x.example)', ')']],
  ['راجع https://x.example/أهلا، شكرًا', ['راجع ', '[https://x.example/أهلا](https://x.example/أهلا)', '، شكرًا']],
  ['Write to a.b+c@x.example.', ['Write to ', '[a.b+c@x.example](mailto:a.b+c@x.example)', '.']],
  ['**bold** *too* _it_ `a*b*`', ['<strong bold>', ' ', '<strong too>', ' ', '<em it>', ' ', '<code a*b*>']],
  ['[here](https://x.example/) [bad](javascript:1)', ['[here](https://x.example/)', ' [bad](javascript:1)']],
  ['2*3*4 snake_case_name ** *', ['2*3*4 snake_case_name ** *']],
  ['<b>no</b>', ['<b>no</b>']],
])('%s', (text, expected) => {
  expect(written(text, true)).toEqual(expected);
});

test('what customers type stays as they typed it, but for links', () => {
  expect(written('**a** https://x.example', false)).toEqual(['**a** ', '[https://x.example](https://x.example)']);
});

test('whatever colour a site chooses can be read', () => {
  const parts = [0, 51, 102, 153, 204, 255];
  const read = (colour: string): Rgb => colour.match(/\d+/g)!.map(Number) as unknown as Rgb;
  for (const red of parts)
    for (const green of parts)
      for (const blue of parts)
        for (const scheme of ['light', 'dark'] as const) {
          const { accent, onAccent, accentText } = palette([red, green, blue], scheme);
          const name = `${css([red, green, blue])}, ${scheme}`;
          expect(contrast(read(accent), read(onAccent)), name).toBeGreaterThanOrEqual(4.5);
          const ground: Rgb = scheme === 'light' ? [238, 241, 244] : [38, 45, 53];
          expect(contrast(read(accentText), ground), name).toBeGreaterThanOrEqual(4.5);
        }
  expect(hex('#0b4f6c')).toEqual([11, 79, 108]);
  expect(hex('teal')).toBeNull();
  expect(legible([0, 0, 0], [255, 255, 255], [0, 0, 0])).toEqual([0, 0, 0]);
});

const PATTERNS = readPatterns([
  { type: 'Email', regex: '^[^@]+@[^@]+$' },
  { type: 'PhoneNumber', regex: '^\\+?\\d{2,20}$' },
  { type: 'Broken', regex: '(' },
]);
const FORM = readForm({
  id: 'f',
  sections: [
    { attributes: [{ key: 'name', label: 'Name', attributeType: 'INPUT', valueType: 'shortAnswer', isRequired: true }, { key: 'phone', attributeType: 'INPUT', valueType: 'phoneNumber' }] },
    {
      attributes: [
        { key: 'photo', attributeType: 'INPUT', valueType: 'file' },
        { key: 'stars', attributeType: 'OPTIONS', valueType: '5-star-rating' },
        { key: 'topics', attributeType: 'OPTIONS', valueType: 'checkbox', isRequired: true, categoryOptions: { categories: [{ categoryName: 'x', values: ['a', { label: 'b' }] }] } },
        { key: 'sure', attributeType: 'OPTIONS', valueType: 'boolean' },
        { key: 'story', attributeType: 'TEXTAREA', valueType: 'paragraph' },
      ],
    },
  ],
});

test('a form, and whether its answers fit', () => {
  expect(FORM.questions.map(({ key, asks }) => [key, asks])).toEqual([
    ['name', { is: 'line', input: 'text' }],
    ['phone', { is: 'line', input: 'tel' }],
    ['stars', { is: 'points', from: 1, to: 5 }],
    ['topics', { is: 'several', options: ['a', 'b'] }],
    ['sure', { is: 'one', options: ['yes', 'no'] }],
    ['story', { is: 'paragraph' }],
  ]);
  const judged = (answers: Answers) => FORM.questions.map((question) => flaw(question, answers[question.key], PATTERNS)).filter(Boolean);
  expect(judged({})).toEqual(['required', 'required']);
  expect(judged({ name: ' ', phone: 'abc', topics: [] })).toEqual(['required', 'wrongPhone', 'required']);
  expect(judged({ name: 'x'.repeat(501), topics: ['a'], story: 'x'.repeat(4097) })).toEqual(['tooLong', 'tooLong']);
  const good = { name: ' Jo ', phone: '+4912', topics: ['a'], stars: '' };
  expect(judged(good)).toEqual([]);
  const answers = filledIn(FORM, good);
  expect(answers.map(({ key, value }) => [key, value])).toEqual([['name', 'Jo'], ['phone', '+4912'], ['topics', ['a']]]);
  expect([identifierIn(answers, null), identifierIn(answers, 'name'), identifierIn(answers, 'email')]).toEqual(['+4912', 'Jo', null]);
});

test.each([
  [['ar-EG', 'en'], 'ar-EG'],
  [[null, '', 'de', 'ur'], 'ur'],
  [['en', 'fr', 'en-GB'], 'en-GB'],
  [['pt_BR'], 'en'],
  [['en_US'], 'en-US'],
])('of %j, %s is spoken', (wishes, tag) => {
  expect(chosen(...wishes)).toBe(tag);
});

test('every language says everything, with the same holes', () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const words of [ar, ur])
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(words[key], key).toBeTruthy();
      expect(holes(words[key]), key).toEqual(holes(en[key]));
    }
});

test('every language says what the hub can say to customers, with the same holes', () => {
  const list = readFileSync(new URL('../../../docs/reasons.md', import.meta.url), 'utf8');
  const part = list.split('## What customers can meet')[1]!.split('## ')[0]!;
  const sentences = [...part.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, sentence]) => [code!, sentence!] as const);
  const holes = (text = '') => (text.match(/\{\w+\}/g) ?? []).sort();
  expect(sentences.length).toBeGreaterThan(20);
  for (const { reasons } of [ar, ur]) {
    expect(Object.keys(reasons).sort()).toEqual(sentences.map(([code]) => code).sort());
    for (const [code, sentence] of sentences) expect(holes(reasons[code]), code).toEqual(holes(sentence));
  }
});

test('what the hub says is said by its code, or in its words', () => {
  const why = reason('the file is larger than 5 bytes', { code: 'file_large', values: { max: 5 } });
  expect(new Language('ar', ar).reason(why)).toBe('الملف أكبر من 5 بايت');
  expect(new Language('en', en).reason(why)).toBe(why.words);
  expect(new Language('ar', ar).reason(reason('the moon is full', { code: 'moon' }))).toBe('the moon is full');
});

test('spans and sizes', () => {
  const language = new Language('en', en);
  expect([20, 90, 3600 * 2].map((secs) => language.span(secs))).toEqual(['1 minute', '2 minutes', '2 hours']);
  expect([1, 2000, 5 * 1024 * 1024].map((bytes) => language.size(bytes))).toEqual(['1 kB', '2 kB', '5 MB']);
  expect(new Language('ar', ar).direction).toBe('rtl');
});
