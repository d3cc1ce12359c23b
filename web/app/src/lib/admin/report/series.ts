/** What a chart of a report draws: one line for each subject, over the intervals of the time. */

import { value, type Figure, type Row } from './figures';
import type { Period } from './period';

export interface Line {
  name: string;
  /** One for each moment; `null` where there is none. */
  values: (number | null)[];
}
export interface Lines {
  /** Seconds since 1970. */
  moments: number[];
  lines: Line[];
  /** Subjects there are, drawn or not. */
  subjects: number;
}

/** Nobody tells more lines than this apart. */
export const LINES_MAX = 6;

/**
 * The subjects with the most of a figure, over all intervals that begin in a time. Where there is no row a count is 0,
 * and a mean is not there.
 *
 * @param stepMs How long an interval is.
 */
export function linesOf(rows: Row[], figure: Figure, stepMs: number, { from, until }: Period, name: (row: Row) => string): Lines {
  const moments = Array.from({ length: Math.max(0, Math.ceil((until - from) / stepMs)) }, (_, place) => (from + place * stepMs) / 1000);
  const empty = figure.written === 'count' ? 0 : null;
  const lines = new Map<string, Line & { sum: number }>();
  for (const row of rows) {
    const key = row.id ?? '';
    const line = lines.get(key) ?? { name: name(row), values: moments.map(() => empty), sum: 0 };
    lines.set(key, line);
    const place = Math.round(((row.begins ?? from) - from) / stepMs);
    if (place < moments.length) line.values[place] = value(row, figure);
    line.sum += value(row, figure) ?? 0;
  }
  const largest = [...lines.values()].sort((a, b) => b.sum - a.sum).slice(0, LINES_MAX);
  return { moments, lines: largest.map(({ name, values }) => ({ name, values })), subjects: lines.size };
}
