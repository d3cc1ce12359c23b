// The list as it is drawn: which messages stand together, and where a day begins.

import type { Entry, Unsent } from './model';

export interface Line {
  entry: Entry | Unsent;
  /** Of its speaker's messages in a row. */
  first: boolean;
  last: boolean;
  newDay: boolean;
}

/** A longer silence begins a new group. */
const TOGETHER_MS = 3 * 60_000;

const drawn = new WeakMap<Entry | Unsent, Line>();

/** Lines of entries in order. A line whose neighbours did not change stays the same object. */
export function lines(entries: readonly (Entry | Unsent)[]): Line[] {
  return entries.map((entry, place) => {
    const [before, after] = [entries[place - 1], entries[place + 1]];
    const first = !before || !together(before, entry);
    const last = !after || !together(entry, after);
    const newDay = !before || dayOf(before.at) !== dayOf(entry.at);
    const known = drawn.get(entry);
    if (known && known.first === first && known.last === last && known.newDay === newDay) return known;
    const line = { entry, first: first || newDay, last, newDay };
    drawn.set(entry, line);
    return line;
  });
}

function together(one: Entry | Unsent, other: Entry | Unsent): boolean {
  return speakerOf(one) === speakerOf(other) && insideOf(one) === insideOf(other) && other.at - one.at < TOGETHER_MS;
}

function speakerOf(entry: Entry | Unsent): string {
  if (!('kind' in entry)) return 'unsent';
  return entry.kind === 'notice' ? entry.id : `${entry.speaker} ${entry.by.id}`;
}

function insideOf(entry: Entry | Unsent): boolean {
  return 'inside' in entry && entry.inside;
}

function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
