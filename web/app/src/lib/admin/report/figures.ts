/** The figures of reports: what each is called, what it means (as `docs/reports.md` says), and how it is written. */

import { m } from '$lib/paraglide/messages';
import { count, percent } from '$lib/ui/number';
import { span } from '$lib/ui/time';

export type Written = 'count' | 'time' | 'percent';

export interface Figure {
  /** As the hub calls it. */
  key: string;
  label: string;
  help: string;
  written: Written;
}

/** A row of a report: what it is about, since when, and its figures. */
export interface Row {
  begins: number | null;
  id: string | null;
  name: string | null;
  [figure: string]: unknown;
}

export type SetKey = 'service' | 'waits' | 'work' | 'time' | 'channels';

const figure = (key: string, label: () => string, help: () => string): Figure => ({
  key,
  label: label(),
  help: help(),
  written: key.endsWith('Ms') ? 'time' : key.endsWith('Percent') ? 'percent' : 'count',
});

const bands = (what: string, label: (of: { seconds: number }) => string, help: () => string): Figure[] =>
  [60, 120, 180, 240].map((seconds) => figure(`${what}${seconds}`, () => label({ seconds }), help));

export function figures(set: SetKey): Figure[] {
  switch (set) {
    case 'service':
      return [
        figure('offered', m.fig_offered, m.fig_offered_help),
        figure('answered', m.fig_answered, m.fig_answered_help),
        figure('abandoned', m.fig_abandoned, m.fig_abandoned_help),
        figure('rona', m.fig_rona, m.fig_rona_help),
        figure('noAgent', m.fig_noAgent, m.fig_noAgent_help),
        figure('withdrawn', m.fig_withdrawn, m.fig_withdrawn_help),
        figure('serviceLevelPercent', m.fig_serviceLevelPercent, m.fig_serviceLevelPercent_help),
        figure('abandonedPercent', m.fig_abandonedPercent, m.fig_abandonedPercent_help),
        figure('averageWaitMs', m.fig_averageWaitMs, m.fig_averageWaitMs_help),
      ];
    case 'waits':
      return [
        figure('queued', m.fig_queued, m.fig_queued_help),
        figure('averageWaitMs', m.fig_averageWaitMs, m.fig_averageWaitMs_help),
        figure('waitMaxMs', m.fig_waitMaxMs, m.fig_waitMaxMs_help),
        figure('averageRingMs', m.fig_averageRingMs, m.fig_averageRingMs_help),
        figure('ringMaxMs', m.fig_ringMaxMs, m.fig_ringMaxMs_help),
        ...bands('answeredIn', m.fig_answeredIn, m.fig_answeredIn_help),
        ...bands('abandonedIn', m.fig_abandonedIn, m.fig_abandonedIn_help),
      ];
    case 'work':
      return [
        figure('handled', m.fig_handled, m.fig_handled_help),
        figure('started', m.fig_started, m.fig_started_help),
        figure('averageHandleMs', m.fig_averageHandleMs, m.fig_averageHandleMs_help),
        figure('averageTalkMs', m.fig_averageTalkMs, m.fig_averageTalkMs_help),
        figure('averageWrapUpMs', m.fig_averageWrapUpMs, m.fig_averageWrapUpMs_help),
        figure('averageHoldMs', m.fig_averageHoldMs, m.fig_averageHoldMs_help),
        figure('transferredIn', m.fig_transferredIn, m.fig_transferredIn_help),
        figure('transferredOut', m.fig_transferredOut, m.fig_transferredOut_help),
        figure('lost', m.fig_lost, m.fig_lost_help),
        figure('rerouted', m.fig_rerouted, m.fig_rerouted_help),
        figure('overdue', m.fig_overdue, m.fig_overdue_help),
      ];
    case 'time':
      return [
        figure('loggedInMs', m.fig_loggedInMs, m.fig_loggedInMs_help),
        figure('readyMs', m.fig_readyMs, m.fig_readyMs_help),
        figure('notReadyMs', m.fig_notReadyMs, m.fig_notReadyMs_help),
        figure('workingMs', m.fig_workingMs, m.fig_workingMs_help),
        figure('availabilityPercent', m.fig_availabilityPercent, m.fig_availabilityPercent_help),
        figure('occupancyPercent', m.fig_occupancyPercent, m.fig_occupancyPercent_help),
      ];
    case 'channels':
      return [
        figure('conversations', m.fig_conversations, m.fig_conversations_help),
        figure('sessions', m.fig_sessions, m.fig_sessions_help),
        figure('sessionsEnded', m.fig_sessionsEnded, m.fig_sessionsEnded_help),
        figure('botAssigned', m.fig_botAssigned, m.fig_botAssigned_help),
        figure('botEscalated', m.fig_botEscalated, m.fig_botEscalated_help),
        figure('botCompleted', m.fig_botCompleted, m.fig_botCompleted_help),
      ];
  }
}

/** What a report by something has figures of. */
export function sets(by: string): SetKey[] {
  if (by === 'agent' || by === 'team') return ['work', 'time', 'service', 'waits'];
  return by === 'channel' || by === 'total' ? ['service', 'waits', 'work', 'channels'] : ['service', 'waits', 'work'];
}

const SET_NAMES: Record<SetKey, () => string> = {
  service: m.report_set_service,
  waits: m.report_set_waits,
  work: m.report_set_work,
  time: m.report_set_time,
  channels: m.report_set_channels,
};
export const setName = (set: SetKey): string => SET_NAMES[set]();

export function value(row: Row, { key }: Figure): number | null {
  const found = row[key];
  return typeof found === 'number' ? found : null;
}

export function write(value: number | null, written: Written): string {
  if (written === 'count') return count(value);
  if (written === 'percent') return percent(value);
  return value === null ? '–' : span(value);
}

/** What a whole picture stands for at least, so that next to nothing does not fill it: a minute, all of a hundred. */
export function least(written: Written): number | undefined {
  if (written === 'time') return 60 * SECOND_MS;
  return written === 'percent' ? 100 : undefined;
}

const DECADES = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
const SECOND_MS = 1000;
/** What the marks beside a chart may be apart, so that they are round numbers of their kind. */
export function marks(written: Written): number[] {
  if (written === 'time') return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 36_000, 86_400, 172_800, 432_000].map((seconds) => seconds * SECOND_MS);
  return DECADES.flatMap((decade) => [1, 2, 5].map((mark) => mark * decade));
}
