// The chat as a state machine: what happened goes in, what is to be done comes out. No socket, storage, clock or page.
//
// Promises: what the customer wrote is sent in the order it was written, one after the other, under an id of its own
// until the hub has said that it has it; whatever breaks in between, the same id is used again, so nothing is doubled.
// After every break the hub is asked what was missed before anything else is sent.

import type { Agent, News, Said } from './message';
import type { Body, Reason, Visitor } from './wire';

/** Something in the list of messages. */
export type Entry =
  | { is: 'said'; said: Said }
  | { is: 'joined' | 'left'; id: string; at: number; agent: Agent }
  | { is: 'nobody'; id: string; at: number };

/** Written here and not yet known to the hub. */
export interface Outgoing {
  id: string;
  body: Body;
  /** Milliseconds since 1970. */
  at: number;
  state: { is: 'waiting' } | { is: 'sending' } | { is: 'failed'; why: Reason };
}

export type Ending = 'me' | 'them' | 'silence' | 'away';

/** Why a chat did not begin, and which answer of the form it was. */
export interface Refusal {
  field: string | null;
  why: Reason;
}

export type Phase =
  | { is: 'idle'; refusal: Refusal | null }
  | { is: 'starting'; visitor: Visitor; delayed: boolean }
  /** `synced` says that nothing has been missed since the line came up. */
  | { is: 'running'; visitor: Visitor; conversation: string | null; synced: boolean }
  | { is: 'over'; why: Ending };

export type Line = 'off' | 'connecting' | 'up' | 'down';

/** What is known of the way to an agent. */
export type Stage =
  | { is: 'quiet' }
  | { is: 'queued'; position: number | null; secs: number | null }
  | { is: 'ringing' }
  | { is: 'served' };

export interface Chat {
  phase: Phase;
  line: Line;
  entries: Entry[];
  outbox: Outgoing[];
  stage: Stage;
  /** Who serves the customer. */
  agents: Agent[];
  /** The agent who is typing. */
  typing: { name: string; since: number } | null;
  /** Messages of the customer's that an agent has read. */
  seen: string[];
  /** Messages of the others that were on the screen, the newest last. */
  read: string[];
  /** The chat is on the screen and the page in front. */
  watched: boolean;
  /** When the customer's typing was told last, in milliseconds since 1970. */
  typed: number;
}

/** What outlasts the page. */
export interface Kept {
  visitor: Visitor;
  conversation: string | null;
  outbox: { id: string; body: Body; at: number }[];
  read: string[];
}

export type Happening =
  | { is: 'found'; kept: Kept }
  | { is: 'begin'; visitor: Visitor }
  | { is: 'write'; id: string; body: Body; at: number }
  | { is: 'retry'; id: string }
  | { is: 'discard'; id: string }
  | { is: 'typed'; at: number }
  | { is: 'watch'; on: boolean }
  | { is: 'end' }
  | { is: 'forget' }
  | { is: 'lineUp' }
  | { is: 'lineDown' }
  | { is: 'turnedAway'; why: Reason }
  | { is: 'started'; conversation: string | null }
  | { is: 'told'; news: News; at: number }
  | { is: 'resumed'; code: number; news: News[] }
  | { is: 'answered'; id: string; code: number; why: Reason }
  | { is: 'unanswered'; id: string }
  | { is: 'refused'; task: string; code: number; why: Reason }
  | { is: 'ended'; reason: string; at: number }
  | { is: 'due'; what: 'request' | 'resume' | 'flush' }
  | { is: 'typingOver'; since: number };

export type Deed =
  | { do: 'connect'; visitor: Visitor }
  | { do: 'disconnect' }
  | { do: 'request'; visitor: Visitor }
  | { do: 'resume'; visitor: Visitor }
  | { do: 'send'; visitor: Visitor; outgoing: Outgoing }
  | { do: 'type'; visitor: Visitor }
  | { do: 'confirm'; visitor: Visitor; ids: string[] }
  | { do: 'end'; visitor: Visitor }
  | { do: 'ring'; said: Said }
  | { do: 'wait'; ms: number; then: Happening };

export type Step = [Chat, Deed[]];

/** Between two signs that the customer is typing. */
const TYPING_EVERY_MS = 3_000;
/** An agent who falls silent in the middle of a word is no longer typing. */
const TYPING_LIFE_MS = 8_000;
/** Before something the hub could not do just now is asked for again. */
const AGAIN_MS = 2_000;
/** Before a chat is asked for again that did not begin. */
const START_PATIENCE_MS = 15_000;
/** Ids remembered of messages that were read. */
const READ_MAX = 300;

export const RESTING: Chat = {
  phase: { is: 'idle', refusal: null },
  line: 'off',
  entries: [],
  outbox: [],
  stage: { is: 'quiet' },
  agents: [],
  typing: null,
  seen: [],
  read: [],
  watched: false,
  typed: 0,
};

export function step(chat: Chat, what: Happening): Step {
  const { phase } = chat;
  switch (what.is) {
    case 'found':
      return found(chat, what.kept);
    case 'begin':
      return begin(chat, what.visitor);
    case 'write':
      return flush({ ...chat, typed: 0, outbox: [...chat.outbox, waiting(what.id, what.body, what.at)] });
    case 'retry':
      return flush(changeOutgoing(chat, what.id, { is: 'waiting' }));
    case 'discard':
      return [without(chat, what.id), []];
    case 'typed':
      return typed(chat, what.at);
    case 'watch':
      return confirm({ ...chat, watched: what.on });
    case 'end':
      return phase.is === 'running' ? [chat, [{ do: 'end', visitor: phase.visitor }]] : step(chat, { is: 'forget' });
    case 'forget':
      // What was written and not sent goes out in the next chat.
      return [{ ...RESTING, watched: chat.watched, outbox: chat.outbox }, [{ do: 'disconnect' }]];
    case 'lineUp':
      return lineUp({ ...chat, line: 'up' });
    case 'lineDown':
      return [lineDown(chat), []];
    case 'turnedAway':
      return turnedAway(chat, what.why);
    case 'started':
      return started(chat, what.conversation);
    case 'told':
      return told(chat, what.news, what.at);
    case 'resumed':
      return resumed(chat, what.code, what.news);
    case 'answered':
      return answered(chat, what.id, what.code, what.why);
    case 'unanswered':
      return later(chat, what.id);
    case 'refused':
      return refused(chat, what);
    case 'ended':
      return ended(chat, endingOf(what.reason));
    case 'due':
      return due(chat, what.what);
    case 'typingOver':
      return [chat.typing?.since === what.since ? { ...chat, typing: null } : chat, []];
  }
}

/** What is to be kept, or nothing when there is no chat. */
export function kept({ phase, outbox, read }: Chat): Kept | null {
  if (phase.is !== 'running') return null;
  const written = outbox.map(({ id, body, at }) => ({ id, body, at }));
  return { visitor: phase.visitor, conversation: phase.conversation, outbox: written, read };
}

/** Messages of the others that were not on the screen yet. */
export function unread({ entries, read }: Chat): number {
  return entries.filter((entry) => entry.is === 'said' && entry.said.who !== 'me' && !read.includes(entry.said.id)).length;
}

/** Texts may be written now; they are sent as soon as they can be. */
export function mayWrite({ phase }: Chat): boolean {
  return phase.is === 'starting' || phase.is === 'running';
}

function waiting(id: string, body: Body, at: number): Outgoing {
  return { id, body, at, state: { is: 'waiting' } };
}

function found(chat: Chat, { visitor, conversation, outbox, read }: Kept): Step {
  if (mayWrite(chat)) return [chat, []];
  const phase: Phase = { is: 'running', visitor, conversation, synced: false };
  const written = outbox.map(({ id, body, at }) => waiting(id, body, at));
  return [{ ...RESTING, watched: chat.watched, line: 'connecting', phase, outbox: written, read }, [{ do: 'connect', visitor }]];
}

function begin(chat: Chat, visitor: Visitor): Step {
  const phase: Phase = { is: 'starting', visitor, delayed: false };
  return [{ ...RESTING, watched: chat.watched, outbox: chat.outbox, line: 'connecting', phase }, [{ do: 'connect', visitor }]];
}

function lineUp(chat: Chat): Step {
  const { phase } = chat;
  if (phase.is === 'starting') return [chat, request(phase.visitor)];
  if (phase.is === 'running') return [chat, [{ do: 'resume', visitor: phase.visitor }]];
  return [chat, [{ do: 'disconnect' }]];
}

function request(visitor: Visitor): Deed[] {
  return [
    { do: 'request', visitor },
    { do: 'wait', ms: START_PATIENCE_MS, then: { is: 'due', what: 'request' } },
  ];
}

/** What was under way may have arrived or not: it goes out again under its id. */
function lineDown(chat: Chat): Chat {
  const { phase } = chat;
  const line: Line = mayWrite(chat) ? 'down' : 'off';
  const outbox = chat.outbox.map((one) => (one.state.is === 'sending' ? waiting(one.id, one.body, one.at) : one));
  return { ...chat, line, outbox, typing: null, phase: phase.is === 'running' ? { ...phase, synced: false } : phase };
}

function turnedAway(chat: Chat, why: Reason): Step {
  if (chat.phase.is === 'running') return ended(chat, 'away');
  return [{ ...chat, line: 'off', phase: { is: 'idle', refusal: { field: null, why } } }, [{ do: 'disconnect' }]];
}

function started(chat: Chat, conversation: string | null): Step {
  const { phase } = chat;
  if (phase.is === 'starting') return flush({ ...chat, phase: { is: 'running', visitor: phase.visitor, conversation, synced: true } });
  if (phase.is === 'running') return [{ ...chat, phase: { ...phase, conversation } }, []];
  return [chat, []];
}

/** Sends the oldest of what waits, when nothing is under way. */
function flush(chat: Chat): Step {
  const { phase, line, outbox } = chat;
  if (phase.is !== 'running' || !phase.synced || line !== 'up') return [chat, []];
  if (outbox.some(({ state }) => state.is === 'sending')) return [chat, []];
  const outgoing = outbox.find(({ state }) => state.is === 'waiting');
  if (!outgoing) return [chat, []];
  return [changeOutgoing(chat, outgoing.id, { is: 'sending' }), [{ do: 'send', visitor: phase.visitor, outgoing }]];
}

function changeOutgoing(chat: Chat, id: string, state: Outgoing['state']): Chat {
  return { ...chat, outbox: chat.outbox.map((one) => (one.id === id ? { ...one, state } : one)) };
}

function without(chat: Chat, id: string): Chat {
  return { ...chat, outbox: chat.outbox.filter((one) => one.id !== id) };
}

const MAY_PASS = [408, 429, 500, 503];

function answered(chat: Chat, id: string, code: number, why: Reason): Step {
  if (code === 200) return flush(without(chat, id));
  if (MAY_PASS.includes(code)) return later(chat, id);
  return flush(changeOutgoing(chat, id, { is: 'failed', why }));
}

function later(chat: Chat, id: string): Step {
  const again: Deed = { do: 'wait', ms: AGAIN_MS, then: { is: 'due', what: 'flush' } };
  return [changeOutgoing(chat, id, { is: 'waiting' }), [again]];
}

function due(chat: Chat, what: 'request' | 'resume' | 'flush'): Step {
  const { phase, line } = chat;
  if (what === 'flush') return flush(chat);
  if (line !== 'up') return [chat, []];
  if (what === 'request' && phase.is === 'starting') return [chat, request(phase.visitor)];
  const missed = what === 'resume' && phase.is === 'running' && !phase.synced;
  return [chat, missed ? [{ do: 'resume', visitor: phase.visitor }] : []];
}

function refused(chat: Chat, { task, code, why }: { task: string; code: number; why: Reason }): Step {
  const { phase } = chat;
  if (task !== 'CHAT_REQUESTED' || phase.is !== 'starting') return [chat, []];
  if (MAY_PASS.includes(code)) {
    const again: Deed = { do: 'wait', ms: AGAIN_MS, then: { is: 'due', what: 'request' } };
    return [{ ...chat, phase: { ...phase, delayed: true } }, [again]];
  }
  const [, field, news] = /attributes\[(.+?)\][: ]*(.*)/.exec(why.words) ?? [];
  const refusal = { field: field ?? null, why: { ...why, words: news || why.words } };
  return [{ ...chat, line: 'off', phase: { is: 'idle', refusal } }, [{ do: 'disconnect' }]];
}

/** The hub's account of the chat takes the place of what was known. */
function resumed(chat: Chat, code: number, news: News[]): Step {
  const { phase } = chat;
  if (phase.is !== 'running') return [chat, []];
  if (code === 408) return [chat, [{ do: 'wait', ms: AGAIN_MS, then: { is: 'due', what: 'resume' } }]];
  if (code !== 200) return ended(chat, 'away');
  const blank: Chat = { ...chat, phase: { ...phase, synced: true }, entries: [], agents: [], seen: [], stage: { is: 'quiet' }, typing: null };
  const whole = news.reduce(take, blank);
  const known = new Set(whole.entries.map(idOf));
  // Of a long chat the hub tells the newest messages: the older ones stay.
  const first = whole.entries[0];
  const older = first ? chat.entries.filter((entry) => !known.has(idOf(entry)) && timeOf(entry) < timeOf(first)) : [];
  const [settled, confirmed] = confirm({ ...whole, entries: [...older, ...whole.entries] });
  const [flushed, sent] = flush(settled);
  return [flushed, [...confirmed, ...sent, ...rings(chat, whole)]];
}

/** What came while the line was down rings once: the last of it is told. */
function rings(before: Chat, after: Chat): Deed[] {
  const known = new Set([...before.read, ...before.entries.map(idOf)]);
  const missed = after.entries.flatMap((entry) => (entry.is === 'said' && entry.said.who !== 'me' && !known.has(entry.said.id) ? [entry.said] : []));
  return missed.slice(-1).map((said) => ({ do: 'ring', said }));
}

function told(chat: Chat, news: News, at: number): Step {
  if (!mayWrite(chat)) return [chat, []];
  if (news.is === 'typing') return typing(chat, news.name, news.on, at);
  const isNew = news.is === 'said' && !chat.entries.some((entry) => idOf(entry) === news.said.id);
  const next = take(chat, news);
  if (!isNew || news.said.who === 'me') return [next, []];
  const [confirmed, deeds] = confirm({ ...next, typing: null });
  return [confirmed, [...deeds, { do: 'ring', said: news.said }]];
}

function typing(chat: Chat, name: string, on: boolean, at: number): Step {
  if (!on) return [{ ...chat, typing: null }, []];
  const over: Deed = { do: 'wait', ms: TYPING_LIFE_MS, then: { is: 'typingOver', since: at } };
  return [{ ...chat, typing: { name, since: at } }, [over]];
}

/** Adds what is news to what is known. */
function take(chat: Chat, news: News): Chat {
  switch (news.is) {
    case 'said':
      return put(without(chat, news.said.id), { is: 'said', said: news.said });
    case 'edited':
      return { ...chat, entries: chat.entries.map((entry) => edited(entry, news)) };
    case 'joined':
      return {
        ...put(chat, news),
        agents: [...chat.agents.filter(({ id }) => id !== news.agent.id), news.agent],
        stage: { is: 'served' },
      };
    case 'left': {
      const agents = chat.agents.filter(({ id }) => id !== news.agent.id);
      return { ...put(chat, news), agents, stage: agents.length ? chat.stage : { is: 'quiet' }, typing: null };
    }
    case 'nobody':
      return { ...put(chat, news), stage: { is: 'quiet' } };
    case 'queued':
      return chat.agents.length ? chat : { ...chat, stage: { is: 'queued', position: null, secs: null } };
    case 'wait':
      return chat.agents.length ? chat : { ...chat, stage: { is: 'queued', position: news.position, secs: news.secs } };
    case 'ringing':
      return chat.agents.length ? chat : { ...chat, stage: { is: 'ringing' } };
    case 'seen':
      return chat.seen.includes(news.id) ? chat : { ...chat, seen: [...chat.seen, news.id] };
    case 'typing':
    case 'nothing':
      return chat;
  }
}

function put(chat: Chat, entry: Entry): Chat {
  const known = chat.entries.findIndex((one) => idOf(one) === idOf(entry));
  const entries = known < 0 ? [...chat.entries, entry] : chat.entries.with(known, entry);
  return { ...chat, entries };
}

function edited(entry: Entry, { id, content }: Extract<News, { is: 'edited' }>): Entry {
  return entry.is === 'said' && entry.said.id === id ? { is: 'said', said: { ...entry.said, content } } : entry;
}

export function idOf(entry: Entry): string {
  return entry.is === 'said' ? entry.said.id : entry.id;
}

export function timeOf(entry: Entry): number {
  return entry.is === 'said' ? entry.said.at : entry.at;
}

/** What is on the screen has been read; agents are told. */
function confirm(chat: Chat): Step {
  const { phase } = chat;
  if (!chat.watched) return [chat, []];
  const fresh = chat.entries.flatMap((entry) =>
    entry.is === 'said' && entry.said.who !== 'me' && !chat.read.includes(entry.said.id) ? [entry.said] : [],
  );
  if (!fresh.length) return [chat, []];
  const read = [...chat.read, ...fresh.map(({ id }) => id)].slice(-READ_MAX);
  const ids = fresh.filter(({ who }) => who === 'agent').map(({ id }) => id);
  const tell = phase.is === 'running' && chat.line === 'up' && ids.length > 0;
  return [{ ...chat, read }, tell ? [{ do: 'confirm', visitor: phase.visitor, ids }] : []];
}

function typed(chat: Chat, at: number): Step {
  const { phase } = chat;
  const isHeard = phase.is === 'running' && phase.synced && chat.line === 'up';
  if (!isHeard || at - chat.typed < TYPING_EVERY_MS) return [chat, []];
  return [{ ...chat, typed: at }, [{ do: 'type', visitor: phase.visitor }]];
}

function endingOf(reason: string): Ending {
  switch (reason) {
    case 'CUSTOMER':
      return 'me';
    case 'INACTIVITY':
      return 'silence';
    case 'NETWORK':
    case '':
      return 'away';
    default:
      return 'them';
  }
}

/** A chat nothing was said in leaves no trace; another is still there to read. */
function ended(chat: Chat, why: Ending): Step {
  if (!mayWrite(chat)) return [chat, []];
  const phase: Phase = chat.entries.length ? { is: 'over', why } : { is: 'idle', refusal: null };
  const rest = { stage: { is: 'quiet' }, agents: [], typing: null } as const;
  return [{ ...chat, ...rest, agents: [], line: 'off', phase }, [{ do: 'disconnect' }]];
}
