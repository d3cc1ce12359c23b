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

/**
 * Lines of entries in order. What is as it was in the lines before stays the same object and costs a glance, so that
 * one more message in a list of thousands is no more work than in a short one.
 */
export function lines(entries: readonly (Entry | Unsent)[], before: readonly Line[] = []): Line[] {
  const same = entries.findIndex((entry, place) => before[place]?.entry !== entry);
  const kept = Math.max(0, (same < 0 ? entries.length : same) - 1);
  const known = new Map(before.slice(kept).map((line) => [line.entry, line]));
  return [...before.slice(0, kept), ...entries.slice(kept).map((entry, place) => lineAt(entries, kept + place, known.get(entry)))];
}

function lineAt(entries: readonly (Entry | Unsent)[], place: number, known: Line | undefined): Line {
  const [before, entry, after] = [entries[place - 1], entries[place] as Entry | Unsent, entries[place + 1]];
  const newDay = !before || dayOf(before.at) !== dayOf(entry.at);
  const first = newDay || !before || !together(before, entry);
  const last = !after || !together(entry, after);
  const isKnown = known?.first === first && known.last === last && known.newDay === newDay;
  return isKnown ? known : { entry, first, last, newDay };
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

/** The day looked at last, for the next one is mostly in it. */
let day = { from: 0, until: 0 };

/** When the day of a moment began. */
function dayOf(at: number): number {
  if (at < day.from || at >= day.until) {
    const from = new Date(at).setHours(0, 0, 0, 0);
    day = { from, until: new Date(from).setHours(24) };
  }
  return day.from;
}
