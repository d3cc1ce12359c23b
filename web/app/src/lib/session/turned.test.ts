import { expect, test } from 'vitest';
import { refusal, wanted } from './turned';

const at = (search: string, pathname = '/app/') => ({ pathname, search });

test.each([
  ['', null],
  ['?refused=', null],
  ['?refused=anything', null],
  ['?refused=constructor', null],
  ['?refused=no_role', 'Your account has no role here'],
  ['?refused=name_taken', 'There is another account with your user name here'],
])('%s is told as %s', (search, message) => {
  expect(refusal(at(search))?.message ?? null).toBe(message);
});

test('one comes back to the page one was on', () => {
  expect(wanted(at('?tab=2', '/app/admin/users'))).toBe('/app/admin/users?tab=2');
  expect(wanted(at('?refused=lost'))).toBe('/app/');
});
