import { expect, test } from 'vitest';
import { answers, changed, isSaid, own, shownAfter, type Shown } from './screen';

const from = (type: string, id: string, body: object, more = {}) => ({
  id,
  header: { sender: { type, senderName: type.toLowerCase() }, timestamp: 5, ...more },
  body,
});
const plain = (markdownText: string) => ({ type: 'PLAIN', markdownText });
const told = (...messages: unknown[]) => messages.reduce<Shown[]>((shown, message) => shownAfter(shown, message, 'PENDING', 7), []);
const brief = (shown: Shown[]) =>
  shown.map((one) => (isSaid(one) ? `${one.by}: ${one.body.is === 'text' ? one.body.text : one.body.is}` : one.notice));

test('what is said is shown once, by whom it was said, and typing is not shown', () => {
  const hello = from('BOT', '1', plain('Hello'));
  const shown = told(
    hello,
    from('AGENT', '2', plain('How can I help?')),
    hello,
    from('AGENT', '3', { type: 'NOTIFICATION', notificationType: 'TYPING_STARTED' }),
    from('SYSTEM', '4', { type: 'NOTIFICATION', notificationType: 'AGENT_SUBSCRIBED' }),
    from('CUSTOMER', '5', plain('My bill')),
  );
  expect(brief(shown)).toEqual(['bot: Hello', 'agent: How can I help?', 'AGENT_SUBSCRIBED', 'customer: My bill']);
});

test('an agent edits what he wrote, and reads what the customer wrote', () => {
  const shown = shownAfter([own('mine', 1, plain('Hi'))], from('AGENT', '1', plain('Helo')), 'DELIVERED', 1);
  const edited = shownAfter(shown, from('AGENT', '2', plain('Hello'), { intent: 'UPDATE', originalMessageId: '1' }));
  expect(brief(edited)).toEqual(['customer: Hi', 'agent: Hello']);
  const seen = shownAfter(edited, from('AGENT', '3', { type: 'DELIVERYNOTIFICATION', messageId: 'mine', status: 'READ' }));
  expect(seen[0]).toMatchObject({ id: 'mine', sent: 'read' });
});

test('an answer is what came after the customer last spoke', () => {
  const shown = told(from('BOT', '1', plain('Hello')), from('CUSTOMER', '2', plain('Hi')), from('AGENT', '3', plain('Yes?')));
  expect(answers(shown).map(({ id }) => id)).toEqual(['3']);
  expect(answers([...shown, own('4', 9, plain('Bye'))])).toEqual([]);
});

test('buttons say what they stand for; those that open a page are none of the chat', () => {
  const buttons = [
    { type: 'reply', title: 'Blue', payload: 'colour-blue' },
    { type: 'web_url', title: 'Shop', payload: 'https://example.org' },
  ];
  const [shown] = told(from('BOT', '1', { type: 'BUTTON', markdownText: 'Which?', buttons }));
  expect(shown).toMatchObject({ choices: [{ title: 'Blue', says: 'colour-blue' }], outcome: 'PENDING', sequence: 7 });
});

test('only what was said can be changed', () => {
  const shown = told(from('SYSTEM', '1', { type: 'NOTIFICATION', notificationType: 'TASK_ENQUEUED' }));
  expect(changed(shown, '1', () => ({ read: true }))).toEqual(shown);
});
