import { expect, test } from 'vitest';
import type { Schema } from '$lib/api/client';
import { eventText } from './event';

const media = [{ queue: { name: 'Billing' } }];
const agent = { participant: { keycloakUser: { username: 'amina' } } };

test.each([
  ['what was said', { body: { type: 'PLAIN', markdownText: 'Hello' } }, 'Hello'],
  ['a file', { body: { type: 'FILE', markdownText: '', additionalDetails: { fileName: 'bill.pdf' } } }, 'bill.pdf'],
  ['a body without words', { body: { type: 'LOCATION', markdownText: '' } }, 'LOCATION'],
  ['a receipt', { body: { type: 'DELIVERYNOTIFICATION', status: 'READ' } }, 'Read'],
  ['a request', { task: { activeMedia: media, state: { name: 'CLOSED', reasonCode: 'RONA' } } }, 'Billing · Closed · RONA'],
  ['an offer', { task: { activeMedia: media, assignedTo: { name: 'amina' }, state: { name: 'ACTIVE', reasonCode: null } } }, 'Billing · amina · Served'],
  ['who joined', { agentParticipant: { ...agent, role: 'PRIMARY' }, reason: null }, 'amina'],
  ['who left', { agentParticipant: agent, reason: 'DIRECT_TRANSFER' }, 'amina · DIRECT_TRANSFER'],
  ['another part', { conversationParticipant: { ...agent, role: 'WRAP_UP' } }, 'amina · Wrap-up'],
  ['nothing', {}, ''],
])('%s', (_, data, expected) => {
  expect(eventText({ name: 'X', data } as unknown as Schema['CimEvent'])).toBe(expected);
});
