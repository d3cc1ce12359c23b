import { expect, test } from 'vitest';
import { differences } from './difference';

test('differences are told by path', () => {
  const before = { name: 'Billing', mrd: { id: 'a' }, steps: [{ timeout: 10 }], none: null };
  const after = { name: 'Invoices', mrd: { id: 'a' }, steps: [{ timeout: 10 }, { timeout: 5 }], note: '' };
  expect(differences(before, after)).toEqual([
    { path: 'name', before: 'Billing', after: 'Invoices' },
    { path: 'steps[1].timeout', before: '', after: '5' },
  ]);
});
