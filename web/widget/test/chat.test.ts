// Stories of the chat: what happens, and what is done about it.

import { describe, expect, test } from 'vitest';
import { type Chat, type Deed, type Happening, type Kept, RESTING, kept, step, unread } from '../src/chat';
import type { News, Said, Who } from '../src/message';
import { type Visitor, reason } from '../src/wire';

const VISITOR: Visitor = { identifier: 'jonas', form: null, answers: [] };
const AGENT = { id: 'a', name: 'Lena Vogt' };

function said(id: string, who: Who = 'agent', at = 0): News {
  const message: Said = { id, who, name: '', at, content: { is: 'text', text: id }, quotes: null };
  return { is: 'said', said: message };
}

const told = (news: News): Happening => ({ is: 'told', news, at: 0 });
const write = (id: string): Happening => ({ is: 'write', id, body: { type: 'PLAIN', markdownText: id }, at: 0 });
const answered = (id: string, code = 200): Happening => ({ is: 'answered', id, code, why: reason('why', null) });
const resumed = (news: News[], code = 200): Happening => ({ is: 'resumed', code, news });
const BEGUN: Happening[] = [{ is: 'begin', visitor: VISITOR }, { is: 'lineUp' }, { is: 'started', conversation: 'c' }];
const FOUND: Kept = { visitor: VISITOR, conversation: 'c', outbox: [], read: [] };

/** Plays a story; gives the chat at its end, and what was done at each step as words. */
function play(...happenings: Happening[]): { chat: Chat; done: string[] } {
  let chat = RESTING;
  const done: string[] = [];
  for (const happening of happenings) {
    const [next, deeds] = step(chat, happening);
    chat = next;
    done.push(deeds.map(word).filter(Boolean).join(', '));
  }
  return { chat, done };
}

function word(deed: Deed): string {
  switch (deed.do) {
    case 'send':
      return `send ${deed.outgoing.id}`;
    case 'confirm':
      return `confirm ${deed.ids.join(' ')}`;
    case 'ring':
      return `ring ${deed.said.id}`;
    case 'wait':
      return deed.then.is === 'due' ? `wait for ${deed.then.what}` : 'wait';
    default:
      return deed.do;
  }
}

const ids = (chat: Chat) => chat.entries.map((entry) => (entry.is === 'said' ? entry.said.id : entry.is));
const outbox = (chat: Chat) => chat.outbox.map(({ id, state }) => `${id} ${state.is}`);

describe('a chat begins', () => {
  test('and what was written meanwhile goes out in order, one at a time', () => {
    const { chat, done } = play({ is: 'begin', visitor: VISITOR }, write('1'), write('2'), { is: 'lineUp' }, { is: 'started', conversation: 'c' }, answered('1'), answered('2'));
    expect(done).toEqual(['connect', '', '', 'request, wait for request', 'send 1', 'send 2', '']);
    expect(chat.outbox).toEqual([]);
  });

  test('a hub that is busy is asked again', () => {
    const busy: Happening = { is: 'refused', task: 'CHAT_REQUESTED', code: 408, why: reason('busy', null) };
    const { chat, done } = play({ is: 'begin', visitor: VISITOR }, { is: 'lineUp' }, busy, { is: 'due', what: 'request' });
    expect(done.slice(2)).toEqual(['wait for request', 'request, wait for request']);
    expect(chat.phase).toMatchObject({ is: 'starting', delayed: true });
  });

  test.each([
    ['formData.attributes[phone]: must be a phone number', { field: 'phone', words: 'must be a phone number' }],
    ['this chat is open in another browser', { field: null, words: 'this chat is open in another browser' }],
  ])('or is refused: %s', (said, { field, words }) => {
    const why = reason(said, { code: 'known', values: { max: 3 } });
    const { chat, done } = play({ is: 'begin', visitor: VISITOR }, { is: 'lineUp' }, { is: 'refused', task: 'CHAT_REQUESTED', code: 400, why });
    expect(chat.phase).toEqual({ is: 'idle', refusal: { field, why: { words, code: 'known', put: { max: 3 } } } });
    expect(done.at(-1)).toBe('disconnect');
  });

  test('a channel that is not there is not asked for again', () => {
    const why = reason('no such channel', null);
    const { chat } = play({ is: 'begin', visitor: VISITOR }, { is: 'turnedAway', why });
    expect(chat.phase).toEqual({ is: 'idle', refusal: { field: null, why } });
  });
});

describe('the line breaks', () => {
  test('and what was under way goes out again, after what was missed is known', () => {
    const { chat, done } = play(...BEGUN, write('1'), write('2'), { is: 'lineDown' }, write('3'), { is: 'lineUp' }, resumed([said('1', 'me')]));
    expect(done.slice(3)).toEqual(['send 1', '', '', '', 'resume', 'send 2']);
    expect(ids(chat)).toEqual(['1']);
    expect(outbox(chat)).toEqual(['2 sending', '3 waiting']);
  });

  test('a hub that cannot tell right now is asked again, and nothing is sent before', () => {
    const { done } = play(...BEGUN, { is: 'lineDown' }, { is: 'lineUp' }, write('1'), resumed([], 408), { is: 'due', what: 'resume' }, resumed([]));
    expect(done.slice(4)).toEqual(['resume', '', 'wait for resume', 'resume', 'send 1']);
  });

  test('what the hub no longer tells of a long chat stays', () => {
    const { chat } = play(...BEGUN, told(said('old', 'agent', 1)), told(said('new', 'agent', 5)), { is: 'lineDown' }, { is: 'lineUp' }, resumed([said('new', 'agent', 5), said('newest', 'agent', 9)]));
    expect(ids(chat)).toEqual(['old', 'new', 'newest']);
  });

  test('the chat may have ended meanwhile: it stays to read, and what was not sent with it', () => {
    const { chat, done } = play(...BEGUN, told(said('a')), { is: 'lineDown' }, write('late'), { is: 'lineUp' }, resumed([], 404));
    expect(chat.phase).toEqual({ is: 'over', why: 'away' });
    expect([ids(chat), outbox(chat), done.at(-1)]).toEqual([['a'], ['late waiting'], 'disconnect']);
    const anew = [{ is: 'forget' }, ...BEGUN] as Happening[];
    const after = anew.reduce((now, what) => step(now, what)[0], chat);
    expect(outbox(after)).toEqual(['late sending']);
  });
});

describe('messages', () => {
  test('an answer that passes is waited for, one that does not is shown', () => {
    const { chat, done } = play(...BEGUN, write('1'), answered('1', 408), { is: 'due', what: 'flush' }, answered('1', 403), { is: 'retry', id: '1' });
    expect(done.slice(3)).toEqual(['send 1', 'wait for flush', 'send 1', '', 'send 1']);
    expect(outbox(chat)).toEqual(['1 sending']);
    expect(outbox(play(...BEGUN, write('1'), answered('1', 400), { is: 'discard', id: '1' }).chat)).toEqual([]);
  });

  test('a failed one does not hold up the next', () => {
    const { done } = play(...BEGUN, write('1'), write('2'), answered('1', 400));
    expect(done.at(-1)).toBe('send 2');
  });

  test('told twice they are shown once; what the customer wrote, too', () => {
    const { chat } = play(...BEGUN, write('1'), told(said('1', 'me')), told(said('1', 'me')), answered('1'), told(said('2')), told(said('2')));
    expect(ids(chat)).toEqual(['1', '2']);
    expect(chat.outbox).toEqual([]);
  });

  test('what nobody looks at is counted and rings; what is looked at is confirmed once', () => {
    const { chat, done } = play(...BEGUN, told(said('1')), told(said('2', 'bot')), { is: 'watch', on: true }, told(said('3')), { is: 'watch', on: false }, told(said('4')));
    expect(done.slice(3)).toEqual(['ring 1', 'ring 2', 'confirm 1', 'confirm 3, ring 3', '', 'ring 4']);
    expect(unread(chat)).toBe(1);
  });

  test('what was read before a reload is not new after it, and of what came meanwhile the last rings', () => {
    const { chat, done } = play({ is: 'found', kept: { ...FOUND, read: ['1'] } }, { is: 'lineUp' }, resumed([said('1'), said('2'), said('3'), said('4', 'me')]));
    expect([unread(chat), done]).toEqual([2, ['connect', 'resume', 'ring 3']]);
  });

  test('what rang before the line broke does not ring again', () => {
    const { done } = play(...BEGUN, told(said('1')), { is: 'lineDown' }, { is: 'lineUp' }, resumed([said('1')]), { is: 'lineDown' }, { is: 'lineUp' }, resumed([said('1'), said('2')]));
    expect(done.slice(3)).toEqual(['ring 1', '', 'resume', '', '', 'resume', 'ring 2']);
  });

  test('an edited one changes where it stands', () => {
    const { chat } = play(...BEGUN, told(said('1')), told({ is: 'edited', id: '1', content: { is: 'text', text: 'better' } }));
    expect(chat.entries).toMatchObject([{ said: { id: '1', content: { text: 'better' } } }]);
  });
});

test('the way to an agent', () => {
  const stages: [News, Chat['stage']['is']][] = [
    [{ is: 'queued' }, 'queued'],
    [{ is: 'wait', position: 2, secs: 90 }, 'queued'],
    [{ is: 'ringing' }, 'ringing'],
    [{ is: 'joined', id: 'j', at: 0, agent: AGENT }, 'served'],
    [{ is: 'queued' }, 'served'],
    [{ is: 'left', id: 'l', at: 0, agent: AGENT }, 'quiet'],
    [{ is: 'nobody', id: 'n', at: 0 }, 'quiet'],
  ];
  let { chat } = play(...BEGUN);
  for (const [news, stage] of stages) {
    [chat] = step(chat, told(news));
    expect(chat.stage.is).toBe(stage);
  }
  expect([ids(chat), chat.agents]).toEqual([['joined', 'left', 'nobody'], []]);
});

test('an agent is typing until he says something, stops, or falls silent', () => {
  const typing = told({ is: 'typing', name: 'Lena', on: true });
  const stops: Happening[] = [told(said('1')), told({ is: 'typing', name: 'Lena', on: false }), { is: 'typingOver', since: 0 }, { is: 'lineDown' }];
  for (const stop of stops) expect(play(...BEGUN, typing, stop).chat.typing).toBeNull();
  expect(play(...BEGUN, typing, { is: 'typingOver', since: -1 }).chat.typing).not.toBeNull();
});

test('that the customer types is told now and then, and not without a line', () => {
  const typed = (at: number): Happening => ({ is: 'typed', at });
  expect(play(...BEGUN, typed(10_000), typed(11_000), typed(13_000), { is: 'lineDown' }, typed(20_000)).done.slice(3)).toEqual(['type', '', 'type', '', '']);
});

test.each([
  ['CUSTOMER', 'me'],
  ['AGENT', 'them'],
  ['INACTIVITY', 'silence'],
  ['NETWORK', 'away'],
])('a chat that ended for %s', (reason, why) => {
  const { chat, done } = play(...BEGUN, told(said('1')), { is: 'ended', reason, at: 0 }, { is: 'ended', reason: '', at: 0 });
  expect(chat.phase).toEqual({ is: 'over', why });
  expect(done.slice(4)).toEqual(['disconnect', '']);
});

test('what is kept is what the next page needs, and only while a chat runs', () => {
  expect(kept(play({ is: 'begin', visitor: VISITOR }).chat)).toBeNull();
  const { chat } = play(...BEGUN, write('1'), { is: 'lineDown' });
  const found = kept(chat)!;
  expect(found).toMatchObject({ visitor: VISITOR, conversation: 'c', outbox: [{ id: '1' }] });
  expect(play({ is: 'found', kept: found }, { is: 'lineUp' }, resumed([])).done).toEqual(['connect', 'resume', 'send 1']);
  expect(kept(play(...BEGUN, { is: 'ended', reason: 'AGENT', at: 0 }).chat)).toBeNull();
});
