/** What a customer has on his screen: his own words, and what was sent to him. Pure; who reads and sends is the phone. */

import { readBody, type Body } from '$lib/desk/body';
import { at, list, object, objects, text, type Wire } from '$lib/desk/read';

export interface Choice {
  title: string;
  says: string;
}

export interface Said {
  id: string;
  at: number;
  by: 'customer' | 'agent' | 'bot' | 'hub';
  name: string;
  body: Body;
  /** What can be pressed. */
  choices: Choice[];
  edited: boolean;
  /** Of the customer's words: whether the hub has them, and whether an agent has seen them. */
  sent: 'sending' | 'accepted' | 'read' | 'refused' | null;
  /** Why it was refused. */
  problem: string;
  /** Of what was sent to him: where the hub says it is, and its place in the connector's feed. */
  outcome: string | null;
  sequence: number | null;
  /** The customer said that he has read it. */
  read: boolean;
}

/** News of a request or of people: shown small. */
export interface Notice {
  id: string;
  at: number;
  notice: string;
  name: string;
}

export type Shown = Said | Notice;

export const isSaid = (one: Shown): one is Said => 'body' in one;

/** What the customer wrote, on its way. */
export function own(id: string, at: number, body: Wire): Said {
  return { ...said(id, at, 'customer', '', body), sent: 'sending' };
}

/** The screen after a message came: a new line, or an old one that it changes. */
export function shownAfter(shown: Shown[], wire: unknown, outcome: string | null = null, sequence: number | null = null): Shown[] {
  const message = object(wire);
  const body = object(message.body);
  const id = text(message.id);
  if (!id || shown.some((one) => one.id === id)) return shown;
  const header = object(message.header);
  const when = Number(header.timestamp) || 0;
  const type = text(body.type).toUpperCase();
  if (type === 'NOTIFICATION') {
    const notice = text(body.notificationType);
    if (notice.startsWith('TYPING')) return shown;
    return [...shown, { id, at: when, notice, name: nameOf(header) }];
  }
  if (type === 'DELIVERYNOTIFICATION') return changed(shown, text(body.messageId), () => ({ sent: 'read' }));
  const original = text(header.originalMessageId);
  if (text(header.intent) === 'UPDATE' && shown.some((one) => one.id === original)) {
    return changed(shown, original, () => ({ body: readBody(body), choices: choicesOf(body), edited: true, outcome, sequence }));
  }
  const line = said(id, when, speaker(header), nameOf(header), body);
  return [...shown, { ...line, outcome, sequence, sent: line.by === 'customer' ? 'accepted' : null }];
}

/** The screen with something else known about one line. */
export function changed(shown: Shown[], id: string, what: (one: Said) => Partial<Said>): Shown[] {
  return shown.map((one) => (one.id === id && isSaid(one) ? { ...one, ...what(one) } : one));
}

/** What the customer was told since he last spoke himself. */
export function answers(shown: Shown[]): Said[] {
  const last = shown.findLastIndex((one) => isSaid(one) && one.by === 'customer');
  return shown.slice(last + 1).filter((one): one is Said => isSaid(one) && one.by !== 'customer');
}

function said(id: string, at: number, by: Said['by'], name: string, body: Wire): Said {
  return {
    id, at, by, name, body: readBody(body), choices: choicesOf(body), edited: false, sent: null, problem: '', outcome: null,
    sequence: null, read: false,
  };
}

function speaker(header: Wire): Said['by'] {
  const type = text(at(header, 'sender', 'type')).toUpperCase();
  if (type === 'AGENT') return 'agent';
  if (type === 'BOT') return 'bot';
  return type === 'CUSTOMER' || type === 'CONNECTOR' ? 'customer' : 'hub';
}

function nameOf(header: Wire): string {
  const sender = object(header.sender);
  const more = object(sender.additionalDetail);
  return [text(more.firstName), text(more.lastName)].filter(Boolean).join(' ') || text(sender.senderName);
}

/** Buttons of the message and of its cards, without those that open a page. */
function choicesOf(body: Wire): Choice[] {
  const cards = list(body.elements).map(object);
  return [body, ...cards]
    .flatMap((part) => objects(part.buttons))
    .filter((button) => !/url|link/i.test(text(button.type)))
    .map((button) => ({ title: text(button.title) || text(button.payload), says: text(button.payload) || text(button.title) }))
    .filter(({ says }) => says !== '');
}
