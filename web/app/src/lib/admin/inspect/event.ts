/** Events in words. */

import { at, type Values } from '$lib/admin/form/path';
import type { Schema } from '$lib/api/client';
import type { Role } from '$lib/desk/model';
import { roleName } from '$lib/desk/words';
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
  AGENT_RESERVED: [m.event_agent_reserved, 'accent'],
  PARTICIPANT_ROLE_CHANGED: [m.event_role_changed, 'neutral'],
  BOT_UNSUBSCRIBED: [m.event_bot_unsubscribed, 'neutral'],
  BOT_SUGGESTION: [m.event_bot_suggestion, 'accent'],
  BOT_TIMEOUT: [m.event_bot_timeout, 'danger'],
  BOT_NOT_AVAILABLE: [m.event_bot_not_available, 'danger'],
  NO_RESPONSE_ENTITY: [m.event_bot_no_answer, 'warn'],
  ACTION_MESSAGE: [m.event_bot_action, 'neutral'],
  WHISPER_MESSAGE: [m.event_whisper, 'accent'],
  CUSTOMER_LEFT: [m.event_customer_left, 'neutral'],
  ASSOCIATED_CUSTOMER_CHANGED: [m.event_customer_changed, 'neutral'],
  CONVERSATION_PAUSED: [m.event_paused, 'warn'],
  CONVERSATION_RESUMED: [m.event_resumed, 'good'],
  CONVERSATION_DATA_CHANGED: [m.event_data_changed, 'neutral'],
  CHANNEL_SESSION_DATA_UPDATED: [m.event_data_changed, 'neutral'],
  EWT_MESSAGE: [m.event_wait_told, 'neutral'],
  AGENT_SLA_STARTED: [m.event_answer_awaited, 'neutral'],
  AGENT_SLA_STOPPED: [m.event_answer_came, 'neutral'],
  AGENT_SLA_EXPIRED: [m.event_answer_overdue, 'danger'],
  CUSTOMER_SLA_STARTED: [m.event_customer_awaited, 'neutral'],
  CUSTOMER_SLA_STOPPED: [m.event_customer_came, 'neutral'],
  CUSTOMER_SLA_EXPIRED: [m.event_customer_overdue, 'warn'],
  HAND_RAISED: [m.event_hand_raised, 'warn'],
  HAND_DOWN: [m.event_hand_down, 'neutral'],
  THIRD_PARTY_ACTIVITY: [m.event_elsewhere, 'neutral'],
};

/** Whose names say where the request stood; by now it may stand elsewhere. */
const SAY_IT = ['TASK_ENQUEUED', 'AGENT_RESERVED'];

/** Known events by their meaning, others by their name. */
export function eventLook(event: Event): { label: string; dot: string } {
  const [label, tone] = KNOWN[event.name] ?? [() => sentence(event.name), 'neutral'];
  return { label: label(), dot: DOT[tone] };
}

function sentence(name: string): string {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where events name an agent: his id, and his username. */
const AGENTS = [
  ['agentParticipant.participant.id', 'agentParticipant.participant.keycloakUser.username'],
  ['conversationParticipant.participant.id', 'conversationParticipant.participant.keycloakUser.username'],
  ['agentId', 'userName'],
  ['task.assignedTo.id', 'task.assignedTo.name'],
] as const;

/**
 * What was said, or who and what it is about: people, queues, states and reasons by their names. `called` tells what
 * an agent is called, by his id.
 */
export function eventText(event: Event, called: (id: string) => string | undefined): string {
  const data = (event.data ?? {}) as Values;
  const words = (...paths: string[]) => paths.map((path) => at(data, path)).filter((found) => found !== '' && found != null && typeof found !== 'object');
  const receipt = at(data, 'body.status');
  if (typeof receipt === 'string') return receiptName(receipt);
  const [said] = words('body.markdownText', 'body.additionalDetails.fileName', 'body.type');
  if (said !== undefined) return String(said);
  const state = at(data, 'task.state.name');
  const role = at(data, 'conversationParticipant.role');
  const media = at(data, 'task.activeMedia');
  const queue = Array.isArray(media) ? at((media.at(-1) ?? {}) as Values, 'queue.name') : null;
  const agents = AGENTS.flatMap(([id, username]) => words(username).map((known) => called(String(at(data, id))) ?? known));
  const about = [...words('queue.name'), ...agents];
  const more = words('task.state.reasonCode', 'name', 'problem', 'reason');
  const standing = typeof state === 'string' && !SAY_IT.includes(event.name) ? [taskLook(state).text] : [];
  const part = typeof role === 'string' ? [roleName(role as Role)] : [];
  return [...new Set([...(queue ? [queue] : []), ...about, ...part, ...standing, ...more].map(String))].join(' · ');
}

/** How a message fared with whom it was for, in a word. */
export function receiptName(status: string): string {
  const known: Record<string, () => string> = { DELIVERED: m.desk_delivered, READ: m.desk_read, FAILED: m.health_failures };
  return known[status]?.() ?? status;
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
    REPLAYED: { label: m.outcome_replayed(), tone: 'neutral' },
    CORRECTED: { label: m.outcome_corrected(), tone: 'neutral' },
    DISMISSED: { label: m.outcome_dismissed(), tone: 'neutral' },
    RESOLVED: { label: m.outcome_resolved(), tone: 'neutral' },
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
