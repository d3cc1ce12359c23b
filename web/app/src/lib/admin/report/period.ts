/** The time a report is about, in days of the reader's place. */

export const TIMES = ['today', 'yesterday', 'week', 'month', 'range'] as const;
export type Time = (typeof TIMES)[number];

export interface Period {
  /** Milliseconds since 1970; `until` is the first that is not meant. */
  from: number;
  until: number;
}

/** @param days The first and the last day of a range, such as `2026-11-22`. A missing one is the other, or today. */
export function period(time: Time, days: { from: string; until: string }, now = new Date()): Period {
  const midnight = (later: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + later).getTime();
  switch (time) {
    case 'today':
      return { from: midnight(0), until: midnight(1) };
    case 'yesterday':
      return { from: midnight(-1), until: midnight(0) };
    case 'week':
      return { from: midnight(-6), until: midnight(1) };
    case 'month':
      return { from: midnight(-29), until: midnight(1) };
    case 'range': {
      const from = dayBegins(days.from || days.until, 0) ?? midnight(0);
      return { from, until: dayBegins(days.until || days.from, 1) ?? midnight(1) };
    }
  }
}

function dayBegins(day: string, later: number): number | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + later).getTime();
}
