import { expect, test } from 'vitest';
import type { Schema } from '$lib/api/client';
import { eventText } from './event';

const media = [{ queue: { name: 'Billing' } }];
const agent = { participant: { id: '7', keycloakUser: { username: 'amina' } } };
const called = (id: string) => ({ 7: 'Amina Khan' })[id];

test.each([
  ['what was said', { body: { type: 'PLAIN', markdownText: 'Hello' } }, 'Hello'],
  ['a file', { body: { type: 'FILE', markdownText: '', additionalDetails: { fileName: 'bill.pdf' } } }, 'bill.pdf'],
  ['a body without words', { body: { type: 'LOCATION', markdownText: '' } }, 'LOCATION'],
  ['a receipt', { body: { type: 'DELIVERYNOTIFICATION', status: 'READ' } }, 'Read'],
  ['a request', { task: { activeMedia: media, state: { name: 'CLOSED', reasonCode: 'RONA' } } }, 'Billing · Closed · RONA'],
  ['an offer', { task: { activeMedia: media, assignedTo: { id: '7', name: 'amina' }, state: { name: 'ACTIVE', reasonCode: null } } }, 'Billing · Amina Khan · Served'],
  ['an agent who is gone', { task: { activeMedia: media, assignedTo: { id: '8', name: 'bilal' }, state: { name: 'ACTIVE', reasonCode: null } } }, 'Billing · bilal · Served'],
  ['whose hand is up', { agentId: '7', userName: 'amina' }, 'Amina Khan'],
  ['who joined', { agentParticipant: { ...agent, role: 'PRIMARY' }, reason: null }, 'Amina Khan'],
  ['who left', { agentParticipant: agent, reason: 'DIRECT_TRANSFER' }, 'Amina Khan · DIRECT_TRANSFER'],
  ['another part', { conversationParticipant: { ...agent, role: 'WRAP_UP' } }, 'Amina Khan · Wrap-up'],
  ['nothing', {}, ''],
])('%s', (_, data, expected) => {
  expect(eventText({ name: 'X', data } as unknown as Schema['CimEvent'], called)).toBe(expected);
});
