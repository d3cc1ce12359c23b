/** Events in words. */

import { at, type Values } from '$lib/admin/form/path';
import type { Schema } from '$lib/api/client';
import { m } from '$lib/paraglide/messages';

type Event = Schema['CimEvent'];
type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'danger';

const DOT: Record<Tone, string> = {
  neutral: 'bg-edge',
  accent: 'bg-accent',
  good: 'bg-good-ink',
  warn: 'bg-warn-ink',
  danger: 'bg-danger-ink',
};

const KNOWN: Record<string, [() => string, Tone]> = {
  CUSTOMER_MESSAGE: [m.event_customer_message, 'accent'],
  AGENT_MESSAGE: [m.event_agent_message, 'accent'],
  BOT_MESSAGE: [m.event_bot_message, 'accent'],
  BOT_SUBSCRIBED: [m.event_bot_subscribed, 'neutral'],
  CHANNEL_SESSION_STARTED: [m.event_session_started, 'good'],
  CHANNEL_SESSION_ENDED: [m.event_session_ended, 'neutral'],
  CHANNEL_SESSION_EXPIRED: [m.event_session_ended, 'neutral'],
  TASK_ENQUEUED: [m.event_task_enqueued, 'warn'],
  TASK_STATE_CHANGED: [m.event_task_changed, 'neutral'],
  AGENT_SUBSCRIBED: [m.event_agent_joined, 'good'],
  AGENT_UNSUBSCRIBED: [m.event_agent_left, 'neutral'],
  NO_AGENT_AVAILABLE: [m.event_nobody, 'danger'],
  MESSAGE_DELIVERY_NOTIFICATION: [m.event_receipt, 'neutral'],
  CONVERSATION_CLOSED: [m.event_closed, 'neutral'],
};

/** Known events by their meaning, others by their name. */
export function eventLook(event: Event): { label: string; dot: string } {
  const [label, tone] = KNOWN[event.name] ?? [() => sentence(event.name), 'neutral'];
  return { label: label(), dot: DOT[tone] };
}

function sentence(name: string): string {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What was said, or the name of what it is about. */
export function eventText(event: Event): string {
  const data = (event.data ?? {}) as Values;
  const said = at(data, 'body.markdownText') ?? at(data, 'queue.name') ?? at(data, 'task.queue.name') ?? at(data, 'keycloakUser.username');
  const type = at(data, 'body.type');
  if (said) return String(said);
  return type ? String(type) : '';
}

/** The id of the message an event is, if its way is worth following. */
export function messageId(event: Event): string | null {
  const isMessage = ['AGENT_MESSAGE', 'BOT_MESSAGE', 'CUSTOMER_MESSAGE'].includes(event.name);
  const id = at((event.data ?? {}) as Values, 'id');
  return isMessage && typeof id === 'string' ? id : null;
}

export function outcome(word: string): { label: string; tone: Tone } {
  const known: Record<string, { label: string; tone: Tone }> = {
    PENDING: { label: m.outcome_pending(), tone: 'warn' },
    DELIVERED: { label: m.outcome_delivered(), tone: 'good' },
    DEAD: { label: m.outcome_dead(), tone: 'danger' },
    SUPERSEDED: { label: m.outcome_superseded(), tone: 'neutral' },
  };
  return known[word] ?? { label: word, tone: 'neutral' };
}

/** A conversation's state in a word. */
export function stateLook(state: string): { text: string; tone: Tone } {
  const known: Record<string, { text: string; tone: Tone }> = {
    CREATED: { text: m.state_created(), tone: 'warn' },
    ACTIVE: { text: m.state_active(), tone: 'good' },
    INACTIVE: { text: m.state_inactive(), tone: 'warn' },
    ON_HOLD: { text: m.state_on_hold(), tone: 'warn' },
    CUSTOMER_LEFT: { text: m.state_customer_left(), tone: 'neutral' },
    WRAP_UP: { text: m.state_wrap_up(), tone: 'accent' },
    CLOSED: { text: m.closed(), tone: 'neutral' },
  };
  return known[state] ?? { text: state, tone: 'neutral' };
}

/** Where a request for an agent stands, in a word. */
export function taskLook(state: string): { text: string; tone: Tone } {
  const known: Record<string, { text: string; tone: Tone }> = {
    QUEUED: { text: m.task_queued(), tone: 'warn' },
    RESERVED: { text: m.task_reserved(), tone: 'accent' },
    ACTIVE: { text: m.task_active(), tone: 'good' },
    WRAP_UP: { text: m.state_wrap_up(), tone: 'accent' },
    CLOSED: { text: m.closed(), tone: 'neutral' },
  };
  return known[state] ?? { text: state, tone: 'neutral' };
}
