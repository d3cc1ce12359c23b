import { expect, test } from 'vitest';
import { inSight, SPARE, WHOLE_MAX } from './sight';

const [ROW, SEEN] = [40, 400];

test.each([
  ['few are all drawn', WHOLE_MAX, 0, 0, WHOLE_MAX],
  ['at the beginning', 10_000, 0, 0, 10 + SPARE],
  ['in the middle', 10_000, 4000, 100 - SPARE, 110 + SPARE],
  ['between two rows', 10_000, 4010, 100 - SPARE, 111 + SPARE],
  ['at the end', 10_000, 399_600, 9990 - SPARE, 10_000],
  ['after a search left less than was scrolled', 100, 399_600, 90 - SPARE, 100],
])('%s', (_, count, top, from, until) => {
  expect(inSight(count, ROW, top, SEEN)).toEqual({ from, until });
});
