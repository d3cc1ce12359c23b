import { describe, expect, test } from 'vitest';
import { asking, correct, discard, due, inbox, neighbour, note, redraft, retry, select, send, sendAgain, shownEntries } from './act';
import { summary } from './body';
import { AMINA, desk, event, live, NOW, offer, receipt, says, seat, session, talking, topic } from './fixtures';
import { lines } from './lines';
import { emptyDesk, ENTRIES_RESTING_MAX, type Desk, type Message } from './model';
import { begun, readAttribute, typedAt } from './profile';
import { connected, lost, told, turnedAway, withoutConversation } from './told';

const c1 = (of: Desk) => {
  const held = of.conversations.c1;
  if (!held) throw new Error('c1 is not on the desk');
  return held;
};
const shown = (of: Desk) =>
  shownEntries(of, 'c1').map((one) =>
    'name' in one ? `(${one.name}${one.who ? ` ${one.who}` : ''}${one.detail ? `: ${one.detail}` : ''})` : summary(one.body),
  );
const delivery = (of: Desk, id: string) =>
  (c1(of).entries.find((entry) => entry.id === id) as Message | undefined)?.delivery?.state;

const NAME = readAttribute({ key: 'firstName', label: 'First name', type: 'name' });
let count = 0;
const mint = () => `own-${(count += 1)}`;

describe('messages a connector gives one id', () => {
  const [one, two, three] = [says('CUSTOMER', 'call', 'One'), says('BOT', 'call', 'Two'), says('CUSTOMER', 'call', 'Three')];
  const first = desk(['onTopicData', topic([one, two])]);

  test('are all shown, from before and live, and each once', () => {
    expect(shown(first)).toEqual(['One', 'Two']);
    const after = told(told(first, ...live(three), NOW), ...live(two), NOW);
    expect(shown(told(after, ...live(three), NOW))).toEqual(['One', 'Two', 'Three']);
  });
});

describe('offers', () => {
  const ringing = desk(['taskRequest', offer()]);

  test('ring with the time that is left and the wait so far', () => {
    expect(ringing.offers).toMatchObject([
      { conversation: 'c1', queue: 'Billing', customer: 'Jonas', ring: { until: NOW + 30_000, total: 30_000 }, waitingSince: NOW - 60_000 },
    ]);
  });

  test.each<[string, [string, unknown][]]>([
    ['withdrawn', [['revokeTask', { conversationId: 'c1', taskId: 't1:m1' }]]],
    ['withdrawn without its task', [['revokeTask', { conversationId: 'c1' }]]],
    ['taken', [['onTopicData', topic()]]],
  ])('are gone when %s', (_, packets) => {
    expect(packets.reduce((now, [name, payload]) => told(now, name, payload, NOW), ringing).offers).toEqual([]);
  });

  test('of another task ring on', () => {
    expect(told(ringing, 'revokeTask', { conversationId: 'c1', taskId: 'other:m' }, NOW).offers).toHaveLength(1);
  });

  test('are shown once, however often they are told', () => {
    expect(told(ringing, 'taskRequest', offer(), NOW).offers).toHaveLength(1);
  });

  test('stop ringing with the line', () => {
    expect(lost(ringing, NOW).offers).toEqual([]);
  });
});

describe('what is said', () => {
  test.each([
    ['a customer, a bot and an agent', [says('CUSTOMER', 'a', 'Hello'), says('BOT', 'b', 'Hi!'), says('AGENT', 'c', 'Yes?')], ['Hello', 'Hi!', 'Yes?']],
    ['the same message twice', [says('CUSTOMER', 'a', 'Hello'), says('CUSTOMER', 'a', 'Hello')], ['Hello']],
    ['an edit', [says('AGENT', 'a', 'Helo'), says('AGENT', 'b', 'Hello', { intent: 'UPDATE', originalMessageId: 'a' })], ['Hello']],
    ['an edit of something older than what is here', [says('AGENT', 'b', 'Hello', { intent: 'UPDATE', originalMessageId: 'x' })], ['Hello']],
    ['a message taken back', [says('CUSTOMER', 'a', 'Oops'), event('CUSTOMER_MESSAGE', { id: 'd', header: {}, body: { type: 'DELETEDNOTIFICATION', messageId: 'a' } })], ['']],
    ['a colleague who comes', [event('AGENT_SUBSCRIBED', { agentParticipant: seat('omar') })], ['(joined Omar: PRIMARY)']],
    ['a listener who comes', [event('AGENT_SUBSCRIBED', { agentParticipant: seat('omar', 'SILENT_MONITOR') })], []],
    ['a transfer asked for', [event('TASK_ENQUEUED', { queue: { name: 'Tech' }, task: { activeMedia: [{ type: { direction: 'DIRECT_TRANSFER', metadata: { requestedBy: 'amina', requestedByName: 'Amina Haddad' } } }] } })], ['(transfer_asked Amina Haddad: Tech)']],
    ['an event of a later version', [event('SOMETHING_NEW', { any: 1 })], []],
  ])('%s', (_, events, expected) => {
    expect(shown(talking(...events))).toEqual(expected);
    expect(shown(desk(['onTopicData', topic(events)])), 'the same when it is shown again').toEqual(expected);
  });

  test('nothing is said in a conversation the desk does not hold', () => {
    expect(desk(live(says('CUSTOMER', 'a', 'Hello'))).conversations).toEqual({});
  });
});

describe('the customer', () => {
  const changed = (data: Record<string, unknown>) => talking(event('ASSOCIATED_CUSTOMER_CHANGED', data));
  test.each([
    ['is the same and known better', { _id: 'jonas', firstName: 'Jonas B.', labels: ['vip', 'new'] }, []],
    ['is somebody else', { _id: 'mira', firstName: 'Mira' }, ['(customer_changed Mira)']],
  ])('who %s', (_, data, notices) => {
    const of = changed(data);
    expect([c1(of).customer.id, c1(of).customer.name, shown(of)]).toEqual([data._id, data.firstName, notices]);
  });
});

describe('delivery', () => {
  test.each([
    [[], 'accepted'],
    [[receipt('a', 'DELIVERED')], 'delivered'],
    [[receipt('a', 'READ')], 'read'],
    [[receipt('a', 'READ'), receipt('a', 'DELIVERED')], 'read'],
    [[receipt('a', 'FAILED', 'SYSTEM', { reason: 'unreachable' })], 'failed'],
    [[receipt('a', 'FAILED', 'SYSTEM'), receipt('a', 'DELIVERED')], 'delivered'],
    [[receipt('a', 'DELIVERED'), receipt('a', 'FAILED', 'SYSTEM')], 'delivered'],
    [[receipt('a', 'READ', 'AGENT')], 'accepted'],
    [[receipt('other', 'READ')], 'accepted'],
  ])('after %j', (receipts, expected) => {
    const events = [says('AGENT', 'a', 'Hello'), ...receipts];
    expect(delivery(talking(...events), 'a')).toBe(expected);
    expect(delivery(desk(['onTopicData', topic(events)]), 'a')).toBe(expected);
  });
});

describe('timers', () => {
  const started = (action: string, passed = 0) =>
    event('AGENT_SLA_STARTED', { totalDuration: 100, currentSliceDuration: passed, action });

  test.each([
    ['starts', [started('START_TIMER')], { until: NOW + 100_000, level: 'calm', asks: false }],
    ['turns amber without starting anew', [started('START_TIMER'), started('CHANGE_COLOR', 50)], { until: NOW + 50_000, level: 'warn', asks: false }],
    ['asks', [started('SHOW_POPUP', 80)], { until: NOW + 20_000, level: 'urgent', asks: true }],
    ['stops', [started('START_TIMER'), event('AGENT_SLA_STOPPED')], null],
    ['stands still in a pause', [started('START_TIMER'), event('CONVERSATION_PAUSED', { holdTimerDetails: { totalDuration: 60 } })], null],
  ])('the time to answer %s', (_, events, expected) => {
    const { answer } = c1(talking(...events));
    expect(answer && { until: answer.until, level: answer.level, asks: answer.asks }).toEqual(expected);
  });

  test('a desk that comes back is shown what is left', () => {
    const shownAgain = desk([
      'onTopicData',
      topic([], {
        agentSla: { totalDuration: 100, action: 'CHANGE_COLOR', startTime: '2026-03-02 09:59:30' },
        holdTimerDetails: { totalDuration: 60, startTime: '2026-03-02 09:59:50.500' },
      }),
    ]);
    expect(c1(shownAgain).answer).toEqual({ until: NOW + 70_000, total: 100_000, level: 'warn', asks: false });
    expect(c1(shownAgain).pause).toEqual({ until: NOW + 50_500, total: 60_000 });
  });

  test('a clock that is wrong shows the same time left', () => {
    const ahead = 3_600_000;
    const presence = { agentPresence: { agent: { id: 'amina' }, state: { name: 'READY' } }, sentAt: NOW };
    const wrong = told(emptyDesk(AMINA), 'agentPresence', presence, NOW + ahead);
    const ringing = told(wrong, 'taskRequest', offer(), NOW + ahead);
    expect(ringing.offers[0]?.ring?.until).toBe(NOW + ahead + 30_000);
  });

  test.each([
    [[says('CUSTOMER', 'a', '?')], NOW],
    [[says('CUSTOMER', 'a', '?'), says('AGENT', 'b', '!')], null],
    [[says('CUSTOMER', 'a', '?'), says('WHISPER', 'b', 'who knows?')], NOW],
    [[says('AGENT', 'b', 'Hello'), says('CUSTOMER', 'a', '?')], NOW],
  ])('how long the customer waits: %#', (events, expected) => {
    expect(c1(talking(...events)).waitingSince).toBe(expected);
    expect(c1(desk(['onTopicData', topic(events)])).waitingSince).toBe(expected);
  });

  test('wrap-up counts down from what is left', () => {
    const first = told(talking(), 'wrapupTimerStarted', { conversationId: 'c1', duration: 60 }, NOW);
    const again = told(first, 'wrapupTimerStarted', { conversationId: 'c1', duration: 20 }, NOW + 40_000);
    expect(c1(again)).toMatchObject({ role: 'WRAP_UP', wrapUp: { until: NOW + 60_000, total: 60_000 } });
  });
});

describe('sending', () => {
  const written = redraft(talking(says('CUSTOMER', 'a', 'Hello?')), 'c1', { text: 'Good morning' });
  const sent = send(written, 'c1', NOW, mint);
  const id = sent.outbox[0]?.id ?? '';
  const echo = says('AGENT', id, 'Good morning');

  test('shows the message at once, and empties the sheet', () => {
    expect(shown(sent)).toEqual(['Hello?', 'Good morning']);
    expect(sent.drafts.c1?.text).toBe('');
  });

  test.each<[string, (of: Desk) => Desk, number]>([
    ['the hub shows it', (of) => told(of, ...live(echo), NOW), 0],
    ['the line is lost and the hub has it', (of) => told(connected(lost(of, NOW)), 'onTopicData', topic([echo]), NOW), 0],
    ['the line is lost and the hub has it not', (of) => told(connected(lost(of, NOW)), 'onTopicData', topic(), NOW), 1],
  ])('when %s', (_, happens, left) => {
    const after = happens(sent);
    expect(due(after, 'c1')).toHaveLength(left);
    expect(shown(after).filter((text) => text === 'Good morning'), 'shown once').toHaveLength(1);
    expect(due(after, 'c1').every((unsent) => unsent.id === id), 'under the id it had').toBe(true);
  });

  test('a refusal is shown at its message, which can be tried again or put away', () => {
    const refused = told(sent, 'errors', { task: 'publishCimEvent', msg: 'too long', messageId: id, conversationId: 'c1' }, NOW);
    expect(refused.outbox).toMatchObject([{ id, refused: { words: 'too long' } }]);
    expect(due(refused, 'c1')).toEqual([]);
    expect(due(retry(refused, id), 'c1')).toMatchObject([{ id }]);
    expect(discard(refused, id).outbox).toEqual([]);
    expect(refused.remarks).toEqual([]);
  });

  test('other refusals are said in passing', () => {
    const refused = told(sent, 'errors', { task: 'pauseConversation', msg: 'the customer has left', why: { code: 'customer_left' } }, NOW);
    expect(refused.remarks).toMatchObject([{ name: 'refused', tone: 'bad', text: 'the customer has left', why: { code: 'customer_left' } }]);
  });

  test('what failed on its way is sent again as a new message', () => {
    const failed = talking(says('AGENT', 'x', 'Hello'), receipt('x', 'FAILED', 'SYSTEM'));
    const message = c1(failed).entries[0] as Message;
    const again = sendAgain(failed, 'c1', message, NOW, mint);
    expect(again.outbox[0]).toMatchObject({ body: { is: 'text', text: 'Hello' } });
    expect(again.outbox[0]?.id).not.toBe('x');
  });

  test('a note goes to the agents, and what is being written to the customer stays', () => {
    const typed = redraft(talking(), 'c1', { text: 'Half a sen', note: 'Wants a credit note', codes: [{ category: 'Problem', value: 'Billing' }] });
    const noted = note(typed, 'c1', NOW, mint);
    expect(noted.outbox).toMatchObject([{ inside: true, body: { is: 'wrap_up', note: 'Wants a credit note' } }]);
    expect(noted.drafts.c1).toMatchObject({ text: 'Half a sen', note: '', codes: [] });
    expect(send(typed, 'c1', NOW, mint).drafts.c1).toMatchObject({ text: '', note: 'Wants a credit note' });
  });

  test.each<[string, Desk]>([
    ['nothing is written', talking()],
    ['the customer has left', redraft(talking(event('CHANNEL_SESSION_ENDED', session())), 'c1', { text: 'Bye' })],
    ['a file is still on its way', redraft(talking(), 'c1', { text: 'See', attachments: [{ id: 'f', name: 'a', size: 1, type: 'image/png', state: 'uploading', stored: null, problem: null }] })],
  ])('nothing is sent when %s', (_, of) => {
    expect(send(of, 'c1', NOW, mint)).toBe(of);
  });

  test('each file is a message of its own, before the text', () => {
    const attachments = [{ id: 'f', name: 'plan.png', size: 9, type: 'image/png', state: 'ready' as const, stored: '1_plan.png', problem: null }];
    const both = send(redraft(talking(), 'c1', { text: 'See', attachments }), 'c1', NOW, mint);
    expect(both.outbox.map((unsent) => unsent.body.is)).toEqual(['image', 'text']);
  });
});

describe('conversations that go', () => {
  const gone = (of: Desk, reason: string) => told(of, 'topicUnsubscription', { conversationId: 'c1', reason }, NOW);

  test('leave the desk', () => {
    expect(gone(talking(), 'UNSUBSCRIBED').conversations).toEqual({});
    expect(gone(talking(), 'UNSUBSCRIBED').remarks).toEqual([]);
  });

  test.each([
    ['CHAT TRANSFERRED', 'transferred'],
    ['wrap Up Timer Expired', 'wrap_up_expired'],
    ['SLA_EXPIRED', 'unanswered'],
    ['agent was logged out', 'taken_away'],
  ])('%s is said as %s', (reason, name) => {
    expect(gone(talking(), reason).remarks).toMatchObject([{ name, conversation: 'c1' }]);
  });

  test('stay to be read while something typed is in them', () => {
    const typed = redraft(talking(), 'c1', { text: 'half a sen' });
    expect(c1(gone(typed, 'UNSUBSCRIBED')).gone).not.toBeNull();
    expect(gone(typed, 'UNSUBSCRIBED').drafts.c1?.text).toBe('half a sen');
  });

  test.each<[string, string, boolean]>([
    ['its time to wrap up ran out', 'wrap Up Timer Expired', true],
    ['it is passed on', 'CHAT TRANSFERRED', true],
    ['its wrap-up is done', 'Wrap Up applied', false],
    ['its agent wants no wrap-up', 'choosing leave without Wrap Up', false],
  ])('with a note in the making: stays when %s', (_, reason, stays) => {
    const noted = redraft(talking(), 'c1', { note: 'Wants a cre', codes: [{ category: 'Problem', value: 'Billing' }] });
    const after = gone(noted, reason);
    expect([after.conversations.c1 !== undefined, after.drafts.c1?.note ?? '']).toEqual(stays ? [true, 'Wants a cre'] : [false, '']);
  });

  test('stay while the profile beside them is half corrected, and take it along when they are put away', () => {
    const edit = typedAt(begun({ _id: 'jonas', firstName: 'Jonas' }, '"1"'), NAME, 0, 'Jonas B.');
    const left = gone(correct(redraft(talking(), 'c1', { note: 'Done' }), 'jonas', edit), 'Wrap Up applied');
    expect([c1(left).gone, left.drafts.c1?.note]).toEqual(['wrap_up_kept', '']);
    expect(withoutConversation(left, 'c1')).toMatchObject({ conversations: {}, edits: {} });
    expect(gone(correct(talking(), 'jonas', begun({ _id: 'jonas' }, '"1"')), 'UNSUBSCRIBED').conversations).toEqual({});
  });

  test('are asked for after the line was lost, and go when the hub says so', () => {
    const back = connected(lost(talking(), NOW));
    expect(c1(back).stale).toBe(true);
    expect(told(back, 'revokeTask', { conversationId: 'c1' }, NOW).conversations).toEqual({});
    expect(c1(told(back, 'onTopicData', topic(), NOW)).stale).toBe(false);
  });
});

describe('a note for a colleague', () => {
  const asked = asking(redraft(talking(), 'c1', { helpNote: 'Bill of March' }), 'c1', { for: 'consult', whom: 'Omar' });
  test.each<[string, [string, unknown], string]>([
    ['he comes', live(event('AGENT_SUBSCRIBED', { agentParticipant: seat('omar', 'ASSISTANT') })), ''],
    ['nobody comes', live(event('NO_AGENT_AVAILABLE', { requestType: { direction: 'CONSULT', mode: 'AGENT' } })), 'Bill of March'],
    ['the hub refuses', ['errors', { task: 'consultRequest', msg: 'no', conversationId: 'c1' }], 'Bill of March'],
  ])('after %s', (_, packet, left) => {
    expect(told(asked, ...packet, NOW).drafts.c1?.helpNote).toBe(left);
  });
});

describe('the line', () => {
  test.each<[string, Desk, string]>([
    ['opens', connected(emptyDesk(AMINA)), 'open'],
    ['is lost', lost(desk(), NOW), 'lost'],
    ['is taken over', told(desk(), 'socketSessionRemoved', { reason: 'you signed in at another desk' }, NOW), 'ended'],
    ['is taken over and then closed', lost(told(desk(), 'socketSessionRemoved', {}, NOW), NOW), 'ended'],
    ['ends with the working day', told(desk(), 'agentPresence', { agentPresence: { agent: { id: 'amina' }, state: { name: 'LOGOUT' } } }, NOW), 'ended'],
    ['is turned away', turnedAway(desk()), 'refused'],
  ])('%s', (_, of, expected) => {
    expect(of.line.name).toBe(expected);
  });

  test('ends with the working day, and with it the conversations nothing is written in', () => {
    const two = told(redraft(talking(), 'c1', { text: 'half a sen' }), 'onTopicData', topic([], {}, 'c2'), NOW);
    const out = { agentPresence: { agent: { id: 'amina' }, state: { name: 'LOGOUT', reasonCode: { name: 'Lunch' } } } };
    const ended = told(two, 'agentPresence', out, NOW);
    expect([ended.line, Object.keys(ended.conversations), c1(ended).gone]).toEqual([{ name: 'ended', why: { words: 'Lunch' } }, ['c1'], '']);
  });

  test("a supervisor's desk takes nobody else's presence for his own", () => {
    const other = { agentPresence: { agent: { id: 'omar' }, state: { name: 'READY' } } };
    expect(desk(['agentPresence', other]).presence).toBeNull();
  });
});

describe('the inbox', () => {
  const many = desk(
    ['onTopicData', topic([says('CUSTOMER', 'a1', '?')], {}, 'c1')],
    ['onTopicData', topic([says('AGENT', 'a2', '!')], {}, 'c2')],
    ['onTopicData', topic([], {}, 'c3')],
    ['wrapupTimerStarted', { conversationId: 'c3', duration: 60 }],
  );

  test('has what is due first', () => {
    expect(inbox(many).map((held) => held.id)).toEqual(['c3', 'c1', 'c2']);
  });

  test('is walked through in its order, around the corner', () => {
    expect(neighbour(many, 1)).toBe('c2');
    expect(neighbour(select(many, 'c2'), 1)).toBe('c3');
    expect(neighbour(select(many, 'c3'), -1)).toBe('c2');
  });

  test('counts what came while another conversation was open', () => {
    const away = select(many, 'c2');
    const heard = told(away, ...live(says('CUSTOMER', 'new', 'Still there?')), NOW);
    expect(c1(heard).unread).toBe(1);
    expect(c1(select(heard, 'c1')).unread).toBe(0);
  });
});

describe('beside conversations', () => {
  const raised = { cimEvent: event('HAND_RAISED', { agentId: 'omar', userName: 'omar' }, { channelSession: session() }), conversationId: 'c9' };

  test('hands go up and down', () => {
    const up = desk(['onCimEvent', raised]);
    expect(up.hands).toMatchObject([{ conversation: 'c9', name: 'omar', customer: 'Jonas' }]);
    const down = { ...raised, cimEvent: event('HAND_DOWN', { agentId: 'omar' }) };
    expect(told(up, 'onCimEvent', down, NOW).hands).toEqual([]);
  });

  test('announcements come and go; one’s own and those one has seen do not', () => {
    const one = { id: 'n1', supervisorId: 'mona', supervisorName: 'Mona', announcementText: 'Fire drill', expiryTime: NOW + 1000 };
    const heard = desk(['ANNOUNCEMENT_CREATED', one], ['ANNOUNCEMENT_CREATED', { ...one, id: 'n2', supervisorId: 'amina' }], ['ANNOUNCEMENT_CREATED', { ...one, id: 'n3', seenBy: ['amina'] }]);
    expect(heard.announcements).toEqual([{ id: 'n1', by: 'Mona', text: 'Fire drill', until: NOW + 1000 }]);
    expect(told(heard, 'ANNOUNCEMENT_DELETED', { id: 'n1' }, NOW).announcements).toEqual([]);
  });

  test('pull lists fill, change and empty', () => {
    const request = (id: string, status: string) => ({ id, listId: 'l1', status, time: NOW, channelSession: session() });
    const state = (id: string, status: string) => ({ pullModeEvent: JSON.stringify(request(id, status)), type: 'PULL_MODE_LIST_REQUEST_STATE_CHANGED' });
    const subscribed = desk(
      ['onPullModeSubscribedList', [{ id: 'l1', name: 'Mail', description: '' }]],
      ['pullModeSubscribedListRequests', [request('p1', 'unread')]],
      ['onPullModeSubscribedListRequest', state('p2', 'unread')],
      ['onPullModeSubscribedListRequest', state('p1', 'ACTIVE')],
    );
    expect(subscribed.requests.map((one) => [one.id, one.status])).toEqual([['p2', 'unread'], ['p1', 'active']]);
    expect(told(subscribed, 'onPullModeSubscribedListRequest', state('p2', 'closing'), NOW).requests).toHaveLength(1);
    const left = told(subscribed, 'removePullModeSubscribedListRequests', 'l1', NOW);
    expect([left.lists, left.requests]).toEqual([[], []]);
  });
});

test.each([null, undefined, 7, 'x', [], {}, { conversationId: 'c1' }, { conversationId: 'c1', topicData: { id: 'c1', participants: [null, 3], topicEvents: [null, {}] } }])(
  'no event breaks the desk by being malformed: %j',
  (payload) => {
    const names = ['agentPresence', 'taskRequest', 'revokeTask', 'onTopicData', 'onCimEvent', 'topicUnsubscription', 'wrapupTimerStarted', 'errors', 'socketSessionRemoved', 'onPullModeSubscribedList', 'pullModeSubscribedListRequests', 'addPullModeSubscribedListRequests', 'removePullModeSubscribedListRequests', 'onPullModeSubscribedListRequest', 'ANNOUNCEMENT_CREATED', 'ANNOUNCEMENT_DELETED', 'agentAssistanceRequestPlaced', 'agentAssignedForAssistance', 'unheard-of'];
    for (const name of names) expect(() => told(talking(), name, payload, NOW)).not.toThrow();
  },
);

describe('a conversation nobody looks at', () => {
  const many = Array.from({ length: 3 * ENTRIES_RESTING_MAX }, (_, place) => says('CUSTOMER', `m${place}`, `Message ${place}`));
  const newestOf = (of: Desk) => c1(of).entries.at(-1)?.id;

  test('keeps its newest entries, however many come and however they come', () => {
    const elsewhere = select(talking(), null);
    const came = many.reduce((now, one) => told(now, ...live(one), NOW), elsewhere);
    const away = desk(['onTopicData', topic([], {}, 'c2')], ['onTopicData', topic(many)]);
    for (const of of [came, away, select(talking(...many), null)]) {
      expect(c1(of).entries.length).toBeLessThanOrEqual(ENTRIES_RESTING_MAX);
      expect(newestOf(of)).toBe(`m${many.length - 1}`);
    }
    expect(c1(came).unread).toBe(many.length);
  });

  test('has kept all of them while it was open', () => {
    expect(c1(talking(...many)).entries).toHaveLength(many.length);
  });
});

describe('lines', () => {
  const entries = (...events: Parameters<typeof talking>) => c1(talking(...events)).entries;
  const all = entries(says('CUSTOMER', 'a', '1'), says('CUSTOMER', 'b', '2'), says('AGENT', 'c', '3'));

  test('stand together by speaker', () => {
    expect(lines(all).map(({ first, last, newDay }) => [first, last, newDay])).toEqual([[true, false, true], [false, true, false], [true, true, false]]);
  });

  test.each([
    ['one comes', [...all, ...entries(says('AGENT', 'd', '4'))]],
    ['older ones come', [...entries(says('CUSTOMER', 'z', '0')), ...all]],
    ['one changes', all.with(1, { ...(all[1] as Message), edited: true })],
    ['some go', all.slice(1)],
    ['all go', []],
  ])('are the same when %s, and those that did not change are the same objects', (_, after) => {
    const before = lines(all);
    const now = lines(after, before);
    expect(now).toEqual(lines(after));
    for (const line of now) {
      const was = before.find((one) => one.entry === line.entry);
      if (was && was.first === line.first && was.last === line.last && was.newDay === line.newDay) expect(line).toBe(was);
    }
  });
});
