import { expect, test } from 'vitest';
import { matcher } from './sought';

test.each([
  ['', 'anything', true],
  ['bil', 'Billing, Berlin', true],
  ['BERLIN  bill', 'Billing, Berlin', true],
  ['billing hamburg', 'Billing, Berlin', false],
  ['دعم', 'فريق الدعم', true],
])('%s in %s: %s', (sought, text, expected) => {
  expect(matcher(sought)(text)).toBe(expected);
});
