import { expect, test } from 'vitest';
import { changed, verdict, type Figures } from './verdict';

const figures = (more: Partial<Figures> = {}): Figures => ({
  requests: 40, answered: 30, abandoned: 8, noAgent: 2, rona: 0, abandonedPercent: 20, serviceLevelPercent: 70,
  waitMeanMs: 60_000, waitP50Ms: 50_000, waitP90Ms: 130_000, waitMaxMs: 200_000, ...more,
});

test.each<[string, Partial<Figures>, string[]]>([
  ['nothing', {}, ['Of 40 requests, nothing would have gone differently for customers.']],
  ['less than is shown', { waitP90Ms: 130_400 }, ['Of 40 requests, nothing would have gone differently for customers.']],
  [
    'much',
    { answered: 37, abandoned: 3, noAgent: 0, waitP90Ms: 45_000, serviceLevelPercent: 92.5 },
    [
      'Of 40 requests, 37 would have been answered instead of 30.',
      '3 customers would have left while they waited, instead of 8.',
      'Nobody would have come for 0 instead of 2.',
      'Nine of ten who were answered would have waited no longer than 0:45 instead of 2:10.',
      'The service level would have been 92.5% instead of 70%.',
    ],
  ],
  ['nobody answered', { answered: 0, waitP90Ms: null }, ['Of 40 requests, 0 would have been answered instead of 30.']],
])('with %s changed', (_, after, expected) => {
  const sides = { before: figures(), after: figures(after) };
  expect(verdict(sides)).toEqual(expected);
  expect(changed(sides)).toBe(!expected[0]?.includes('nothing'));
});
