import { expect, test } from 'vitest';
import { figures, type Row } from './figures';
import { period, type Time } from './period';
import { LINES_MAX, linesOf } from './series';

const at = (text: string) => new Date(text).getTime();

test.each<[Time, { from?: string; until?: string }, string, string]>([
  ['today', {}, '2026-03-02T00:00', '2026-03-03T00:00'],
  ['yesterday', {}, '2026-03-01T00:00', '2026-03-02T00:00'],
  ['week', {}, '2026-02-24T00:00', '2026-03-03T00:00'],
  ['month', {}, '2026-02-01T00:00', '2026-03-03T00:00'],
  ['range', { from: '2026-01-30', until: '2026-02-01' }, '2026-01-30T00:00', '2026-02-02T00:00'],
  ['range', { from: '2026-01-30' }, '2026-01-30T00:00', '2026-01-31T00:00'],
  ['range', {}, '2026-03-02T00:00', '2026-03-03T00:00'],
  ['range', { from: 'rubbish' }, '2026-03-02T00:00', '2026-03-03T00:00'],
])('%s with %o', (time, days, from, until) => {
  const found = period(time, { from: '', until: '', ...days }, new Date('2026-03-02T14:30'));
  expect(found).toEqual({ from: at(from), until: at(until) });
});

const HOUR = 3_600_000;
const [offered] = figures('service');
const wait = figures('waits').find(({ key }) => key === 'averageWaitMs');
const row = (hour: number, id: string, more: object): Row => ({ begins: hour * HOUR, id, name: id, ...more });

test('lines go over all intervals, and what is missing is no wait', () => {
  const rows = [row(1, 'a', { offered: 2, averageWaitMs: 50 }), row(3, 'a', { offered: 1, averageWaitMs: null }), row(2, 'b', { offered: 9, averageWaitMs: 10 })];
  const name = ({ name }: Row) => name ?? '';
  const time = { from: HOUR, until: 3.5 * HOUR };
  expect(linesOf(rows, offered!, HOUR, time, name)).toEqual({
    moments: [3600, 7200, 10800],
    lines: [{ name: 'b', values: [0, 9, 0] }, { name: 'a', values: [2, 0, 1] }],
    subjects: 2,
  });
  expect(linesOf(rows, wait!, HOUR, time, name).lines).toEqual([{ name: 'a', values: [50, null, null] }, { name: 'b', values: [null, 10, null] }]);
  expect(linesOf([], offered!, HOUR, time, name)).toEqual({ moments: [3600, 7200, 10800], lines: [], subjects: 0 });
});

test('only the largest are drawn', () => {
  const rows = Array.from({ length: 9 }, (_, place) => row(0, `q${place}`, { offered: place }));
  const found = linesOf(rows, offered!, HOUR, { from: 0, until: HOUR }, ({ name }) => name ?? '');
  expect([found.lines.length, found.lines[0]?.name, found.subjects]).toEqual([LINES_MAX, 'q8', 9]);
});
