import { expect, test } from 'vitest';
import { EXAMPLES, LINES_MAX, faultOf, readScript, type Step } from './script';

const LINES: [line: string, step: Step | null][] = [
  ['write Hello  there', { is: 'write', text: 'Hello  there' }],
  ['WRITE Hello', { is: 'write', text: 'Hello' }],
  ['write', null],
  ['writes a letter', null],
  ['pause 2.5', { is: 'pause', seconds: 2.5 }],
  ['pause', null],
  ['pause 601', null],
  ['pause -1', null],
  ['type 3', { is: 'type', seconds: 3 }],
  ['wait for an answer', { is: 'wait', for: 'answer' }],
  ['wait for an agent', { is: 'wait', for: 'agent' }],
  ['wait for rain', null],
  ['press Blue one', { is: 'press', title: 'Blue one' }],
  ['send location 52.52, 13.405 Our shop', { is: 'location', latitude: 52.52, longitude: 13.405, name: 'Our shop' }],
  ['send location -1,2', { is: 'location', latitude: -1, longitude: 2, name: '' }],
  ['send location 91, 0', null],
  ['send location Berlin', null],
  ['send contact +49 30 555010 Mira Vogt', { is: 'contact', phone: '+49 30 555010', name: 'Mira Vogt' }],
  ['send contact Mira', null],
  ['send image', { is: 'file', kind: 'image', name: '' }],
  ['Send file my bill.pdf', { is: 'file', kind: 'text', name: 'my bill.pdf' }],
  ['send files', null],
  ['read', { is: 'read' }],
  ['end', { is: 'end' }],
  ['end it', null],
];

test.each(LINES)('%s', (line, step) => {
  expect(readScript(line).map((read) => read.step)).toEqual([step]);
});

test('empty lines and remarks do nothing, and lines keep their numbers', () => {
  expect(readScript('\n# A remark\n  read  \n').map(({ number, text }) => [number, text])).toEqual([[3, 'read']]);
});

test('the first line that is not understood is at fault, or the first one too many', () => {
  expect(faultOf(readScript('read\nshout\nwhisper'))).toMatchObject({ number: 2, text: 'shout' });
  expect(faultOf(readScript('read\n'.repeat(LINES_MAX)))).toBeNull();
  expect(faultOf(readScript('read\n'.repeat(LINES_MAX + 1)))).toMatchObject({ number: LINES_MAX + 1 });
});

test('every example can be run', () => {
  expect(faultOf(readScript(EXAMPLES.join('\n')))).toBeNull();
});
