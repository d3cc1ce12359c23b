/** What the words of logs are called on the screen. */

import { m } from '$lib/paraglide/messages';

const CHANGES: Record<string, () => string> = {
  LOGIN: m.change_login,
  LOGOUT: m.change_logout,
  READY: m.change_ready,
  NOT_READY: m.change_not_ready,
  DESK_LOST: m.change_desk_lost,
  DESK_BACK: m.change_desk_back,
  ACTIVE: m.change_active,
  BUSY: m.change_busy,
  PENDING_NOT_READY: m.change_pending,
  INTERRUPTED: m.change_interrupted,
};
export const changeName = (word: string): string => CHANGES[word]?.() ?? word;

type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'danger';
const ENDINGS: Record<string, [() => string, Tone]> = {
  HANDLED: [m.ending_handled, 'good'],
  TRANSFERRED: [m.ending_transferred, 'accent'],
  LOST: [m.ending_lost, 'danger'],
  REROUTED: [m.ending_rerouted, 'warn'],
  ABANDONED: [m.ending_abandoned, 'danger'],
  RONA: [m.ending_rona, 'warn'],
  NO_AGENT: [m.ending_no_agent, 'danger'],
  WITHDRAWN: [m.ending_withdrawn, 'neutral'],
};
export function endingLook(word: string): { text: string; tone: Tone } {
  const [text, tone] = ENDINGS[word] ?? [() => word, 'neutral' as const];
  return { text: text(), tone };
}
