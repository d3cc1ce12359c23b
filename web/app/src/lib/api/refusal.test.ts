import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import ar from '../../../messages/reasons/ar.json';
import ur from '../../../messages/reasons/ur.json';
import { translated, type Why } from './refusal';

/** All that the hub can say, by code. */
const SENTENCES = new Map(
  readFileSync(new URL('../../../../../docs/reasons.md', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, code, sentence] = /^\| `(\w+)` \| (.+) \|$/.exec(line) ?? [];
      return code && sentence ? [[code, sentence] as const] : [];
    }),
);
const places = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test.each([['ar', ar], ['ur', ur]])('%s has every sentence of the hub, with the same places to fill', (_, language) => {
  expect(SENTENCES.size).toBeGreaterThan(200);
  const sentences: Record<string, string> = language.reasons;
  expect(Object.keys(sentences).sort()).toEqual([...SENTENCES.keys()].sort());
  for (const [code, sentence] of SENTENCES) expect(places(sentences[code]), code).toEqual(places(sentence));
  for (const part of ['whole', 'leads', 'kinds'] as const) expect(Object.keys(language[part])).toEqual(Object.keys(ar[part]));
});

const own = (words: string) => `\u2068${words}\u2069`;
test.each<[string, Why | null, string, string]>([
  ['you are not in this conversation', { code: 'not_in_conversation' }, '', 'لست في هذه المحادثة'],
  ['must have at most 50 characters', { code: 'chars_at_most', values: { max: 50 } }, 'field_invalid', `الحد الأقصى ${own('50')} حرفًا`],
  ['there is no bot 7', { code: 'no_such', values: { kind: 'bot', id: '7' } }, 'not_found', `لا يوجد ${own('البوت')} ${own('7')}`],
  ['must be a prime', { code: 'must_be_prime' }, 'field_invalid', `هذه القيمة غير مقبولة: ${own('must be a prime')}`],
  ['this session was ended', null, 'unauthorized', 'سجّل الدخول من جديد'],
  ['the moon is full', null, 'lunatic', own('the moon is full')],
])('%j (%j, %s)', (words, why, code, arabic) => {
  expect(translated({ words, why }, code, ar)).toBe(arabic);
});
