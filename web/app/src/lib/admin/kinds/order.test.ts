import { expect, test } from 'vitest';
import { inOrder } from './order';

const name = (one: Record<string, unknown>) => String(one.name);

test('objects come in the order people read names in', () => {
  const rows = ['Sales 10', 'billing', 'Sales 9', 'Ärzte', 'Zoll'].map((name) => ({ name }));
  expect(inOrder({ name }, rows).map(name)).toEqual(['Ärzte', 'billing', 'Sales 9', 'Sales 10', 'Zoll']);
});

test('a kind with an order of its own keeps it, and names decide between equals', () => {
  const rows = [{ name: 'b', place: 1 }, { name: 'c', place: 0 }, { name: 'a', place: 1 }];
  expect(inOrder({ name, order: (one) => Number(one.place) }, rows).map(name)).toEqual(['c', 'a', 'b']);
});
