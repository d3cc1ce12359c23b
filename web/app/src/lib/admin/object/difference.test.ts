import { expect, test } from 'vitest';
import { differences, memberName } from './difference';

test('differences are told by path', () => {
  const before = { name: 'Billing', mrd: { id: 'a' }, steps: [{ timeout: 10 }], none: null };
  const after = { name: 'Invoices', mrd: { id: 'a' }, steps: [{ timeout: 10 }, { timeout: 5 }], note: '' };
  expect(differences(before, after)).toEqual([
    { path: 'name', before: 'Billing', after: 'Invoices' },
    { path: 'steps[1].timeout', before: '', after: '5' },
  ]);
});

test.each([
  ['name', 'Name'],
  ['steps', 'Steps'],
  ['steps[1].timeout', 'Steps · [1].timeout'],
  ['mrd.name', 'Domain · name'],
  ['stepsTaken', 'stepsTaken'],
])('%s is called %s', (path, expected) => {
  const text = (path: string, label: string) => ({ type: 'text' as const, path, label });
  const parts = [{ fields: [text('name', 'Name')] }, { fields: [text('steps', 'Steps'), text('mrd', 'Domain')] }];
  expect(memberName(parts, path)).toBe(expected);
});
