// Events as the hub sends them, for tests: each with what it needs and no more.

import { emptyDesk, type Desk, type Me } from './model';
import { connected, told } from './told';
import type { Wire } from './read';

export const AMINA: Me = { id: 'amina', username: 'amina', firstName: 'Amina', lastName: 'Diallo' };
export const NOW = Date.parse('2026-03-02T10:00:00Z');

export const session = (id = 's1', more: Wire = {}): Wire => ({
  id,
  channel: { name: 'Support chat', channelType: { name: 'WEB' } },
  channelData: { channelCustomerIdentifier: '+49 30 1', serviceIdentifier: 'support', additionalAttributes: [] },
  conversationId: 'c1',
  isActive: true,
  customer: CUSTOMER,
  ...more,
});

const CUSTOMER = { _id: 'jonas', firstName: 'Jonas', isAnonymous: false, labels: ['vip'], email: 'j@example.org' };

export const seat = (id: string, role = 'PRIMARY'): Wire => ({
  type: 'AGENT',
  role,
  participant: { id, keycloakUser: { id, username: id, firstName: id[0]?.toUpperCase() + id.slice(1), lastName: '' } },
});

export const offer = (conversationId = 'c1', more: Wire = {}): Wire => ({
  conversationId,
  taskId: 't1:m1',
  taskDirection: 'INBOUND',
  queue: { id: 'q1', name: 'Billing' },
  roomInfo: { id: 'r1' },
  channelSession: session('s1', { conversationId }),
  ringSeconds: 30,
  ringsUntil: NOW + 30_000,
  enqueueTime: NOW - 60_000,
  ...more,
});

let minted = 0;

export function event(name: string, data: Wire = {}, more: Wire = {}): Wire {
  minted += 1;
  return { id: `e${minted}`, name, type: 'NOTIFICATION', timestamp: NOW, conversationId: 'c1', data, ...more };
}

export function says(who: 'CUSTOMER' | 'AGENT' | 'BOT' | 'WHISPER', id: string, markdownText: string, header: Wire = {}): Wire {
  const sender =
    who === 'CUSTOMER' ? { id: 'web', type: 'CONNECTOR', senderName: 'WEB' } : { id: 'amina', type: who, senderName: 'amina' };
  const name = who === 'WHISPER' ? 'WHISPER_MESSAGE' : `${who}_MESSAGE`;
  const data = { id, header: { sender, channelSessionId: 's1', ...header }, body: { type: 'PLAIN', markdownText } };
  return event(name, data, { type: 'MESSAGE' });
}

export const receipt = (messageId: string, status: string, type = 'CONNECTOR', more: Wire = {}): Wire =>
  event('MESSAGE_DELIVERY_NOTIFICATION', {
    id: `r-${messageId}-${status}`,
    header: { sender: { id: 'web', type } },
    body: { type: 'DELIVERYNOTIFICATION', messageId, status, ...more },
  });

export const topic = (topicEvents: Wire[] = [], more: Wire = {}, conversationId = 'c1'): Wire => ({
  conversationId,
  taskId: 't1:m1',
  roomInfo: { id: 'r1' },
  topicData: {
    id: conversationId,
    customer: CUSTOMER,
    channelSession: session('s1', { conversationId }),
    conversationData: { order: 17 },
    participants: [{ type: 'CUSTOMER', role: 'CUSTOMER', participant: session('s1', { conversationId }) }, seat('amina')],
    topicParticipant: seat('amina'),
    topicEvents: topicEvents.map((one) => ({ ...one, timestamp: '2026-03-02T10:00:00.000+00:00' })),
    agentSla: { totalDuration: null, action: null, startTime: null },
    holdTimerDetails: { totalDuration: null, startTime: null },
    agentHandRaise: { handRaised: false, agentNames: [] },
    ...more,
  },
});

/** A desk that has been told all of this, live events by themselves. */
export function desk(...packets: [string, unknown][]): Desk {
  return packets.reduce((now, [name, payload]) => told(now, name, payload, NOW), connected(emptyDesk(AMINA)));
}

export const live = (one: Wire): [string, unknown] => [
  'onCimEvent',
  { cimEvent: JSON.stringify(one), conversationId: one.conversationId, roomInfo: { id: 'r1' } },
];

/** A desk with conversation c1 open, after these live events. */
export function talking(...events: Wire[]): Desk {
  return desk(['onTopicData', topic()], ...events.map(live));
}
