// An event of a conversation, read once: what it adds to the list, and what it changes beside it.

import { readBody } from './body';
import { hubTime } from './clock';
import type { Delivery, Entry, Message, Notice, NoticeName, Speaker } from './model';
import { at, object, objects, text, textOrNull, type Wire } from './read';

const SPOKEN: Record<string, Speaker> = {
  CUSTOMER_MESSAGE: 'customer',
  AGENT_MESSAGE: 'agent',
  WHISPER_MESSAGE: 'agent',
  BOT_MESSAGE: 'bot',
  THIRD_PARTY_ACTIVITY: 'system',
};

/** What an event puts into the list; null for what only changes something. */
export function entryOf(event: Wire, me: string, skew: number): Entry | null {
  const speaker = SPOKEN[text(event.name)];
  return speaker ? messageOf(event, speaker, skew) : noticeOf(event, me, skew);
}

function timeOf(event: Wire, skew: number): number {
  return (hubTime(event.timestamp) ?? 0) + skew;
}

function messageOf(event: Wire, speaker: Speaker, skew: number): Message {
  const data = object(event.data);
  const header = object(data.header);
  const body = readBody(data.body);
  const inside = text(event.name) === 'WHISPER_MESSAGE' || body.is === 'wrap_up';
  const replies = text(header.intent) === 'REPLY_TO';
  return {
    kind: 'message',
    id: text(data.id) || text(event.id),
    event: text(event.id),
    at: timeOf(event, skew),
    speaker,
    by: {
      id: text(at(header, 'sender', 'id')),
      name: nameOf(header, speaker),
    },
    inside,
    body,
    replyTo: replies ? textOrNull(header.originalMessageId) ?? textOrNull(header.replyToMessageId) : null,
    edited: false,
    session: textOrNull(header.channelSessionId),
    delivery: speaker === 'agent' && !inside ? { state: 'accepted' } : null,
    sent: speaker === 'agent' && !inside ? object(data.body) : null,
  };
}

/** A customer's words come through his connector, whose name says nothing. */
function nameOf(header: Wire, speaker: Speaker): string {
  const person = object(speaker === 'customer' ? header.customer : at(header, 'sender', 'additionalDetail'));
  const name = [text(person.firstName), text(person.lastName)].filter(Boolean).join(' ');
  return name && speaker !== 'bot' ? name : text(at(header, 'sender', 'senderName'));
}

/** The message an event edits or takes back, or null. */
export function editOf(event: Wire): { of: string; deleted: boolean } | null {
  if (!SPOKEN[text(event.name)]) return null;
  const body = object(at(event, 'data', 'body'));
  if (text(body.type) === 'DELETEDNOTIFICATION') return { of: text(body.messageId), deleted: true };
  const header = object(at(event, 'data', 'header'));
  const original = text(header.originalMessageId);
  return text(header.intent) === 'UPDATE' && original ? { of: original, deleted: false } : null;
}

/** How far a message has come, as a receipt tells. An agent's own READ is no news. */
export function receiptOf(event: Wire, skew: number): { of: string; delivery: Delivery } | null {
  if (text(event.name) !== 'MESSAGE_DELIVERY_NOTIFICATION') return null;
  const body = object(at(event, 'data', 'body'));
  const sender = text(at(event, 'data', 'header', 'sender', 'type'));
  const of = text(body.messageId);
  const time = timeOf(event, skew);
  if (!of || sender === 'AGENT') return null;
  switch (text(body.status)) {
    case 'DELIVERED':
    case 'CONNECTED':
      return { of, delivery: { state: 'delivered', at: time } };
    case 'READ':
      return { of, delivery: { state: 'read', at: time } };
    case 'FAILED':
      return { of, delivery: { state: 'failed', reason: text(body.reason) || text(body.reasonCode) } };
    default:
      return null;
  }
}

const RANK = { accepted: 0, failed: 1, delivered: 2, read: 3 } as const;

/** The list after an edit or a receipt; the same list when it concerns nothing in it. */
export function revised(entries: Entry[], id: string, change: (message: Message) => Message): Entry[] {
  const index = entries.findLastIndex((entry) => entry.kind === 'message' && entry.id === id);
  const found = entries[index];
  if (found?.kind !== 'message') return entries;
  const after = change(found);
  return after === found ? entries : entries.with(index, after);
}

/** A message that has come further; never back, except that an attempt may fail before one succeeds. */
export function furthered(message: Message, delivery: Delivery): Message {
  if (!message.delivery || RANK[delivery.state] < RANK[message.delivery.state]) return message;
  return { ...message, delivery };
}

/** The entry as it goes into a list, or null when it is there. Some connectors give every message of a call the same
    id: another text under it goes by the id of its event. */
export function placed(entry: Entry, at: (id: string) => Entry | undefined): Entry | null {
  const there = at(entry.id);
  if (!there) return entry;
  if (entry.kind !== 'message' || there.kind !== 'message' || at(entry.event)) return null;
  const same = there.event === entry.event || JSON.stringify(there.body) === JSON.stringify(entry.body);
  return same ? null : { ...entry, id: entry.event };
}

/** All that past events come to, oldest first. */
export function entriesOf(events: Wire[], me: string, skew: number): Entry[] {
  let entries: Entry[] = [];
  const places = new Map<string, number>();
  for (const event of events) {
    const receipt = receiptOf(event, skew);
    const edit = editOf(event);
    const place = places.get(receipt?.of ?? edit?.of ?? '');
    const found = place === undefined ? undefined : entries[place];
    if (found?.kind === 'message' && place !== undefined) {
      entries[place] = receipt ? furthered(found, receipt.delivery) : edited(found, event, edit?.deleted === true);
      continue;
    }
    if (receipt || edit?.deleted) continue;
    const read = entryOf(event, me, skew);
    const entry = read && placed(read, (id) => entries[places.get(id) ?? -1]);
    if (!entry) continue;
    places.set(entry.id, entries.length);
    entries.push(entry);
  }
  return entries;
}

export function edited(message: Message, event: Wire, deleted: boolean): Message {
  const body = deleted ? ({ is: 'deleted' } as const) : readBody(at(event, 'data', 'body'));
  const sent = message.sent && (deleted ? null : object(at(event, 'data', 'body')));
  return { ...message, body, edited: !deleted, sent };
}

function noticeOf(event: Wire, me: string, skew: number): Notice | null {
  const told = toldBy(event, me);
  if (!told) return null;
  const [name, who, detail] = told;
  return { kind: 'notice', id: text(event.id), at: timeOf(event, skew), name, who, detail };
}

type Told = [name: NoticeName, who: string, detail: string] | null;

function toldBy(event: Wire, me: string): Told {
  const data = object(event.data);
  const channel = () => text(at(data, 'channel', 'channelType', 'name')) || text(at(data, 'channel', 'name'));
  switch (text(event.name)) {
    case 'CHANNEL_SESSION_STARTED':
      return ['session_started', '', channel()];
    case 'CHANNEL_SESSION_ENDED':
      return ['session_ended', channel(), text(at(data, 'state', 'reasonCode'))];
    case 'CUSTOMER_LEFT':
      return ['customer_left', '', ''];
    case 'AGENT_SUBSCRIBED':
      return visibly('joined', data.agentParticipant, me, '');
    case 'AGENT_UNSUBSCRIBED':
      return visibly('left', data.agentParticipant, me, text(data.reason));
    case 'PARTICIPANT_ROLE_CHANGED':
      return visibly('role_changed', data.conversationParticipant, me, text(at(data.conversationParticipant, 'role')));
    case 'TASK_ENQUEUED':
      return enqueued(data);
    case 'NO_AGENT_AVAILABLE':
      return ['nobody_free', '', text(at(data, 'requestType', 'direction'))];
    case 'CONVERSATION_PAUSED':
      return ['paused', emitterOf(event), ''];
    case 'CONVERSATION_RESUMED':
      return ['resumed', '', ''];
    case 'ASSOCIATED_CUSTOMER_CHANGED':
      return ['customer_changed', text(data.firstName), ''];
    case 'HAND_RAISED':
      return ['hand_raised', handOf(event), ''];
    case 'HAND_DOWN':
      return ['hand_lowered', handOf(event), ''];
    case 'AGENT_SLA_EXPIRED':
      return ['answer_overdue', '', ''];
    case 'BOT_SUBSCRIBED':
      return ['bot_joined', text(data.name), ''];
    case 'BOT_UNSUBSCRIBED':
      return ['bot_left', text(data.name), ''];
    case 'ACTION_MESSAGE':
      return ['bot_acted', emitterOf(event), text(data.name)];
    default:
      return null;
  }
}

function emitterOf(event: Wire): string {
  const person = object(at(event, 'eventEmitter', 'additionalDetail'));
  const name = [text(person.firstName), text(person.lastName)].filter(Boolean).join(' ');
  return name || text(at(event, 'eventEmitter', 'senderName'));
}

/** Whose hand it is. */
export function handOf(event: Wire): string {
  return emitterOf(event) || text(at(event, 'data', 'userName'));
}

/** Those who only listen come and go unseen, except to themselves. */
function visibly(name: NoticeName, seat: unknown, me: string, detail: string): Told {
  const user = object(at(seat, 'participant', 'keycloakUser'));
  const role = text(at(seat, 'role'));
  const silent = role === 'SILENT_MONITOR' && text(user.id) !== me;
  const who = [text(user.firstName), text(user.lastName)].filter(Boolean).join(' ') || text(user.username);
  return silent ? null : [name, who, detail || role];
}

function enqueued(data: Wire): Told {
  const [media] = objects(at(data, 'task', 'activeMedia'));
  const queue = text(at(data, 'queue', 'name')) || text(at(media, 'queue', 'name'));
  const asked = at(media, 'type', 'metadata');
  const who = text(at(asked, 'requestedByName')) || text(at(asked, 'requestedBy'));
  switch (text(at(media, 'type', 'direction'))) {
    case 'DIRECT_TRANSFER':
      return ['transfer_asked', who, queue];
    case 'DIRECT_CONFERENCE':
      return ['conference_asked', who, queue];
    case 'CONSULT':
      return ['consult_asked', who, queue];
    default:
      return ['queued', '', queue];
  }
}
