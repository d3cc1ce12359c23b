/** What a dry run came to, in plain sentences. */

import { m } from '$lib/paraglide/messages';
import { count, percent } from '$lib/ui/number';
import { span } from '$lib/ui/time';

export interface Figures {
  requests: number;
  answered: number;
  abandoned: number;
  noAgent: number;
  rona: number;
  abandonedPercent: number | null;
  serviceLevelPercent: number | null;
  waitMeanMs: number | null;
  waitP50Ms: number | null;
  waitP90Ms: number | null;
  waitMaxMs: number | null;
}
export interface Sides<T> {
  recorded: T;
  before: T;
  after: T;
}
export interface Load {
  handled: number;
  handleMs: number;
  rona: number;
}
export type QueueSides = Sides<Figures> & { id: string; name: string | null };
export interface Report {
  from: number;
  until: number;
  total: Sides<Figures>;
  queues: QueueSides[];
  agents: (Sides<Load> & { id: string; username: string | null })[];
}

export const time = (ms: number | null): string => (ms === null ? '–' : span(ms));

/** Whether something differs between the two set-ups that is worth a sentence. */
export const changed = (sides: Pick<Sides<Figures>, 'before' | 'after'>): boolean => differences(sides).length > 0;

/** What differs between the two set-ups, the weightiest first; that nothing does is said, too. */
export function verdict(sides: Pick<Sides<Figures>, 'before' | 'after'>): string[] {
  const told = differences(sides);
  return told.length > 0 ? told : [m.dry_same({ requests: count(sides.before.requests) })];
}

function differences({ before, after }: Pick<Sides<Figures>, 'before' | 'after'>): string[] {
  const told: string[] = [];
  const requests = count(before.requests);
  const pair = (write: (value: number | null) => string, of: keyof Figures) => ({ before: write(before[of]), after: write(after[of]) });
  const differs = (write: (value: number | null) => string, of: keyof Figures) => write(before[of]) !== write(after[of]);
  if (differs(count, 'answered')) told.push(m.dry_said_answered({ requests, ...pair(count, 'answered') }));
  if (differs(count, 'abandoned')) told.push(m.dry_said_abandoned(pair(count, 'abandoned')));
  if (differs(count, 'noAgent')) told.push(m.dry_said_no_agent(pair(count, 'noAgent')));
  // Where nobody was answered there is no wait to tell of.
  if (before.waitP90Ms !== null && after.waitP90Ms !== null && differs(time, 'waitP90Ms')) told.push(m.dry_said_wait(pair(time, 'waitP90Ms')));
  if (differs(percent, 'serviceLevelPercent')) told.push(m.dry_said_level(pair(percent, 'serviceLevelPercent')));
  return told;
}
