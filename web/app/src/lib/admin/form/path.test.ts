import { expect, test } from 'vitest';
import { at, put } from './path';

test('members of members are read and set', () => {
  const values = { a: { b: 1 } };
  expect([at(values, 'a.b'), at(values, 'a.c'), at(values, 'x.y.z')]).toEqual([1, undefined, undefined]);
  put(values, 'a.b', 2);
  put(values, 'x.y', 3);
  expect(values).toEqual({ a: { b: 2 }, x: { y: 3 } });
});
