/** A connector's figures in words. */

import type { Schema } from '$lib/api/client';
import { m } from '$lib/paraglide/messages';
import { count } from '$lib/ui/number';
import { dateTime } from '$lib/ui/time';

/** `40 ms`; a dash when nothing was answered. */
export const took = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '–' : m.health_ms({ ms: count(ms) }));

/** A dash for what never was. */
export const when = (at: number | null | undefined): string => (at ? dateTime(at) : '–');

export interface Configuration {
  tone: 'good' | 'warn' | 'danger' | 'neutral';
  text: string;
}

/** Whether all channels of a connector know the newest configuration, with the oldest version one knows beside ours. */
export function configuration(known: Schema['KnownConfiguration'][], pushes: Schema['ConfigurationPush'][]): Configuration {
  if (known.length === 0) return { tone: 'neutral', text: m.configuration_never() };
  const oldest = known.reduce((least, one) => ((one.knownVersion ?? 0) < (least.knownVersion ?? 0) ? one : least));
  const numbers = ` · ${count(oldest.knownVersion)}/${count(oldest.version)}`;
  const outcomes = pushes.map(({ outcome }) => outcome);
  if (oldest.knownVersion === oldest.version) return { tone: 'good', text: m.configuration_known() + numbers };
  if (outcomes.includes('DEAD')) return { tone: 'danger', text: m.configuration_refused() + numbers };
  if (outcomes.includes('PENDING')) return { tone: 'warn', text: m.outcome_pending() + numbers };
  if (!oldest.knownVersion) return { tone: 'neutral', text: m.configuration_never() + numbers };
  return { tone: 'warn', text: m.configuration_behind() + numbers };
}
