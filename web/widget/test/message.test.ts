// Messages as they come over the wire, and what is made of them.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { address, read, readable } from '../src/message';
import type { Body } from '../src/wire';

const HUB = 'https://hub.example/';

const shown = (body: Body) => readable(body, HUB);

test.each<[Body, object]>([
  [{ type: 'PLAIN', markdownText: 'Hi' }, { is: 'text', text: 'Hi' }],
  [{ type: 'PLAIN', markdownText: '/yes', additionalDetails: { title: 'Yes' } }, { is: 'text', text: 'Yes' }],
  [{ type: 'PLAIN', markdownText: null }, { is: 'text', text: '' }],
  [
    { type: 'IMAGE', caption: 'c_0123456789abcdef_tent.png', attachment: { mediaUrl: '/file-engine/api/downloadFileStream?filename=c_0123456789abcdef_tent.png', size: 3 } },
    { is: 'image', name: 'tent.png', caption: '', bytes: 3, url: `${HUB}file-engine/api/downloadFileStream?filename=c_0123456789abcdef_tent.png` },
  ],
  [{ type: 'MULTIMEDIA', attachment: { mediaUrl: 'https://x.example/a%ZZ.mp4', mimeType: 'video/mp4' } }, { is: 'unknown', type: 'MULTIMEDIA' }],
  [{ type: 'MULTIMEDIA', attachment: { mediaUrl: 'https://x.example/a.mp4', mimeType: 'video/mp4' } }, { is: 'video', name: 'a.mp4' }],
  [{ type: 'FILE' }, { is: 'file', url: null }],
  [{ type: 'URL', mediaUrl: 'javascript:alert(1)' }, { is: 'link', url: null }],
  [{ type: 'URL', attachment: { mediaUrl: 'https://x.example/' } }, { is: 'link', url: 'https://x.example/' }],
  [{ type: 'LOCATION', location: { latitude: '52.5', longitude: 13 } }, { is: 'place', url: 'https://www.openstreetmap.org/?mlat=52.5&mlon=13#map=16/52.5/13' }],
  [{ type: 'LOCATION' }, { is: 'place', url: null }],
  [{ type: 'CONTACT', contacts: [{ name: { formattedName: 'Bo' }, phones: [{ phone: '+1' }, {}] }, 7] }, { is: 'people', people: [{ name: 'Bo', phones: ['+1'] }, { name: '', phones: [] }] }],
  [
    { type: 'BUTTON', buttons: [{ title: 'Yes', payload: '/y', type: 'TEXT' }, { title: 'More', payload: 'https://x.example/', type: 'web_url' }, { title: 'Bad', payload: 'javascript:1', type: 'url' }] },
    { is: 'choices', choices: [{ title: 'Yes', says: '/y' }, { title: 'More', opens: 'https://x.example/' }, { title: 'Bad', says: 'javascript:1' }] },
  ],
  [{ type: 'BUTTON', additionalDetails: { interactive: { header: { text: 'H' }, body: { text: 'B' }, footer: { text: 'F' } } } }, { title: 'H', text: 'B', footer: 'F', choices: [] }],
  [{ type: 'CAROUSEL', elements: [{ text: 'One', url: 'https://x.example/1.png', buttons: null }] }, { is: 'cards', cards: [{ text: 'One', image: 'https://x.example/1.png', opens: null, choices: [] }] }],
  [{ type: 'STICKER', mediaUrl: 'ftp://x' }, { is: 'sticker', url: null }],
  [{ type: 'EMAIL', subject: 'S', htmlBody: '<p>one</p>', attachments: 'none' }, { is: 'email', subject: 'S', text: 'one', files: [] }],
  [{ type: 'TEMPLATE', name: 'T', components: [{ parameters: [{ additionalParameterDetails: { text: 'p' } }] }] }, { is: 'table', title: 'T', text: 'p' }],
  [{ type: 'RECEIPT', merchantName: 'M', currency: 'EUR', elements: [{ title: 'Tent', quantity: 2, price: 5 }], summary: { totalCost: 10 } }, { is: 'table', title: 'M', rows: [['2 × Tent', '5 EUR'], ['=', '10 EUR']] }],
  [{ type: 'HOLOGRAM', markdownText: 'words' }, { is: 'unknown', type: 'HOLOGRAM', text: 'words' }],
])('%o', (body, content) => {
  expect(shown(body)).toMatchObject(content);
});

test.each([
  ['https://x.example/a?b#c', 'https://x.example/a?b#c'],
  ['/a', 'https://hub.example/a'],
  ['javascript:alert(1)', null],
  [' java\nscript:alert(1)', null],
  ['data:text/html,x', null],
  ['blob:https://x/1', null],
  ['', null],
  ['https://[', null],
])('the address %j', (written, meant) => {
  expect(address(written, HUB)).toBe(meant);
});

const message = (sender: object, body: object, header: object = {}) => ({ id: 'm', header: { sender, timestamp: 5, ...header }, body });
const lena = { id: 'a', type: 'AGENT', senderName: 'lena.vogt', additionalDetail: { firstName: 'Lena', lastName: 'Vogt' } };

test.each<[string, unknown, object]>([
  ['an agent', message(lena, { type: 'PLAIN', markdownText: 'x' }), { is: 'said', said: { id: 'm', who: 'agent', name: 'Lena Vogt', at: 5 } }],
  ['the customer', message({ type: 'CUSTOMER', senderName: '+4915170011223' }, { type: 'PLAIN' }), { said: { who: 'me', name: '' } }],
  ['the system', message({ type: 'SYSTEM' }, { type: 'PLAIN', markdownText: 'x' }), { is: 'nothing' }],
  ['an edit', message(lena, { type: 'PLAIN', markdownText: 'y' }, { intent: 'UPDATE', originalMessageId: 'o' }), { is: 'edited', id: 'o' }],
  ['a reply', message(lena, { type: 'PLAIN' }, { intent: 'REPLY_TO', originalMessageId: 'o' }), { said: { quotes: 'o' } }],
  ['an agent who comes', message(lena, { type: 'NOTIFICATION', notificationType: 'AGENT_SUBSCRIBED' }), { is: 'joined', agent: { id: 'a', name: 'Lena Vogt' } }],
  ['a wait', message({}, { type: 'NOTIFICATION', notificationType: 'EWT_MESSAGE', notificationData: { position: '3', ewt: '120' } }), { is: 'wait', position: 3, secs: 120 }],
  ['a read mark', message(lena, { type: 'DELIVERYNOTIFICATION', status: 'READ', messageId: 'o' }), { is: 'seen', id: 'o' }],
  ['a delivery', message(lena, { type: 'DELIVERYNOTIFICATION', status: 'DELIVERED', messageId: 'o' }), { is: 'nothing' }],
  ['typing', message(lena, { type: 'NOTIFICATION', notificationType: 'TYPING_STARTED' }), { is: 'typing', on: true }],
  ['an unknown notice', message(lena, { type: 'NOTIFICATION', notificationType: 'WARNING' }), { is: 'nothing' }],
  ['nothing at all', null, { is: 'nothing' }],
  ['a text', 'hello', { is: 'nothing' }],
  ['no sender', { id: 'm', body: { type: 'PLAIN' } }, { is: 'nothing' }],
])('%s', (_, sent, news) => {
  expect(read(sent, HUB)).toMatchObject(news);
});

test('nothing of a message is ever made into markup', () => {
  const sources = ['src/ui/Content.tsx', 'src/ui/Log.tsx', 'src/ui/Widget.tsx', 'src/element.tsx'];
  for (const source of sources) expect(readFileSync(source, 'utf8')).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
});
