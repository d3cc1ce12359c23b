// What goes over the socket, packet by packet.

import { expect, test } from 'vitest';
import { CLOSING, event, opening, read } from '../src/packet';

test.each([
  [opening({ texts: 'plain' }), '0{"texts":"plain"}'],
  [CLOSING, '1'],
  [event('CHAT_ENDED', { a: 1 }), '2["CHAT_ENDED",{"a":1}]'],
  [event('CHAT_RESUMED', {}, 12), '212["CHAT_RESUMED",{}]'],
])('%s', (written, expected) => {
  expect(written).toBe(expected);
});

test.each([
  ['0{"sid":"x"}', { is: 'opened' }],
  ['1', { is: 'closed' }],
  ['2["MESSAGE_RECEIVED",{"id":"7"}]', { is: 'event', name: 'MESSAGE_RECEIVED', argument: { id: '7' } }],
  ['25["MESSAGE_RECEIVED"]', { is: 'event', name: 'MESSAGE_RECEIVED', argument: undefined }],
  ['2["TOLD","two\\nlines"]', { is: 'event', name: 'TOLD', argument: 'two\nlines' }],
  ['312[{"code":200}]', { is: 'answer', to: 12, argument: { code: 200 } }],
  ['4{"message":"who are you?"}', { is: 'refused', why: 'who are you?' }],
  ['4', { is: 'refused', why: '' }],
  ['2{"not":"a list"}', null],
  ['3[broken', null],
  ['51-["binary"]', null],
  ['', null],
  ['undefined', null],
])('%s', (text, packet) => {
  expect(read(text)).toEqual(packet);
});
