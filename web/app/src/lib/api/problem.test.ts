import { expect, test } from 'vitest';
import { Problem } from './problem';

const HINT = 'Correct this field and send it again.';
const blank = { message: 'name: must not be blank', description: HINT, field: 'name' };
const inRow = { message: 'steps[1].timeout: must be 0 to 86400 seconds', description: HINT, field: 'steps[1].timeout' };
const taken = {
  message: 'name is already used by channel type "WEB" (6b04)',
  description: 'Change or remove the channel type "WEB" first.',
  field: 'name',
  why: { code: 'taken', values: { field: 'name', kind: 'channel type', name: 'WEB', id: '6b04' } },
  conflict: { kind: 'channel type', id: '6b04', name: 'WEB' },
};
const used = { message: 'it is used by channel "Pigeons" (6b05); change or delete that first', conflict: { kind: 'channel', id: '6b05', name: 'Pigeons' } };

test.each([
  ['beside its field', blank, 'name', 'Must not be blank.'],
  ['beside no other', blank, 'label', undefined],
  ['beside what its field is inside of, without saying where', inRow, 'steps', 'Must be 0 to 86400 seconds.'],
  ['beside the row it is in', inRow, 'steps[1]', 'Must be 0 to 86400 seconds.'],
  ['beside no other row', inRow, 'steps[0]', undefined],
  ['beside the field whose value is taken, with whose it is', taken, 'name', 'Taken already, by “WEB”.'],
  ['beside no field when it is about none', used, 'name', undefined],
])('a refusal is said %s', (_, body, field, said) => {
  expect(new Problem(409, body).at(field)).toBe(said);
});
