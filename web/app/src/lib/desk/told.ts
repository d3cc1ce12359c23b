// What the hub tells, event by event, as changes of the desk.

import { correct, redraft } from './act';
import { readBody } from './body';
import { hubTime, skewAfter, timer } from './clock';
import { edited, editOf, entryOf, furthered, handOf, placed, receiptOf, revised } from './happening';
import {
  draftOf,
  isCorrected,
  isEmpty,
  isUnnoted,
  newest,
  withConversation,
  withRemark,
  type Conversation,
  type Desk,
  type Message,
  type Remark,
} from './model';
import { at, list, number, object, objectOrNull, objects, parsed, readSaid, text, textOrNull, type Wire } from './read';
import {
  levelOf,
  readCustomer,
  readOffer,
  readPresence,
  readPullRequest,
  readRole,
  readSeat,
  readSession,
  readTopic,
} from './scene';

/** How long a customer is shown as typing without a further sign. */
const TYPING_MS = 5000;

/** The desk after one event of the socket. Events it does not know change nothing. */
export function told(desk: Desk, name: string, payload: unknown, now: number): Desk {
  const what = object(payload);
  switch (name) {
    case 'agentPresence':
      return presence(desk, what, now);
    case 'taskRequest':
      return offered(desk, what);
    case 'revokeTask':
      return revoked(desk, what);
    case 'onTopicData':
      return shown(desk, what);
    case 'onCimEvent':
      return happened(desk, what, now);
    case 'topicUnsubscription':
      return takenAway(desk, what);
    case 'wrapupTimerStarted':
      return wrapUp(desk, what, now);
    case 'errors':
      return refused(desk, what);
    case 'socketSessionRemoved':
      return { ...desk, line: { name: 'ended', why: readSaid(what.reason, what.why) } };
    case 'agentAssistanceRequestPlaced': {
      const conference = text(what.requestAction) === 'conference';
      return withRemark(desk, plain(conference ? 'conference_placed' : 'transfer_placed'));
    }
    case 'agentAssignedForAssistance':
      return withRemark(desk, plain('help_granted', text(what.conversationId)));
    case 'onPullModeSubscribedList':
      return { ...desk, lists: objects(Array.isArray(payload) ? payload : [payload]).map(pullList) };
    case 'pullModeSubscribedListRequests':
      return { ...desk, requests: pullRequests(desk, payload) };
    case 'addPullModeSubscribedListRequests':
      return { ...desk, requests: withRequests(desk, pullRequests(desk, payload)) };
    case 'removePullModeSubscribedListRequests': {
      const gone = text(payload) || text(what.listId);
      return {
        ...desk,
        lists: desk.lists.filter((one) => one.id !== gone),
        requests: desk.requests.filter((one) => one.list !== gone),
      };
    }
    case 'onPullModeSubscribedListRequest':
      return requested(desk, what);
    case 'ANNOUNCEMENT_CREATED':
      return announced(desk, [what]);
    case 'ANNOUNCEMENT_DELETED':
      return { ...desk, announcements: desk.announcements.filter((one) => one.id !== text(what.id)) };
    default:
      return desk;
  }
}

/** The line is open: what rang no longer does, and what is held must be shown again to be believed. */
export function connected(desk: Desk): Desk {
  const conversations = Object.fromEntries(
    Object.entries(desk.conversations).map(([id, held]) => [id, held.gone ? held : { ...held, stale: true }]),
  );
  return { ...desk, line: { name: 'open' }, offers: [], hands: [], conversations };
}

export function lost(desk: Desk, now: number): Desk {
  if (desk.line.name === 'ended' || desk.line.name === 'refused') return desk;
  const since = desk.line.name === 'lost' ? desk.line.since : now;
  return { ...desk, line: { name: 'lost', since }, offers: [] };
}

export function turnedAway(desk: Desk): Desk {
  return { ...desk, line: { name: 'refused' }, offers: [] };
}

function presence(desk: Desk, what: Wire, now: number): Desk {
  const sent = hubTime(what.sentAt);
  const skew = skewAfter(null, sent, now) ?? desk.skew;
  const of = readPresence(what.agentPresence, skew);
  if (text(at(what, 'agentPresence', 'agent', 'id')) !== desk.me.id) return desk;
  const after = { ...desk, skew, presence: of };
  if (of.state !== 'LOGOUT') return after;
  // Whoever is logged out has left every conversation.
  const ended: Desk = { ...after, offers: [], line: { name: 'ended', why: { words: of.reason ?? '' } } };
  return Object.keys(ended.conversations).reduce((now, id) => leave(now, id, null, ''), ended);
}

function offered(desk: Desk, what: Wire): Desk {
  const offer = readOffer(what, desk.skew);
  if (!offer) return desk;
  const rest = desk.offers.filter((one) => one.conversation !== offer.conversation);
  return { ...desk, offers: [...rest, offer] };
}

function revoked(desk: Desk, what: Wire): Desk {
  const id = text(what.conversationId);
  const task = text(what.taskId);
  const offers = desk.offers.filter((one) => one.conversation !== id || (task !== '' && one.task !== task));
  const after = offers.length === desk.offers.length ? desk : { ...desk, offers };
  // Asked for a conversation that is not its agent's any more, the hub says it so.
  return desk.conversations[id]?.stale ? leave(after, id, 'taken_away', '') : after;
}

function shown(desk: Desk, what: Wire): Desk {
  const id = text(what.conversationId);
  const before = desk.conversations[id];
  const isOpen = (desk.selected ?? id) === id;
  const topic = readTopic(what, desk.me.id, desk.skew, before);
  if (!topic) return desk;
  // Edits arrive, too, and are no entries of their own.
  const there = new Set(objects(at(what, 'topicData', 'topicEvents')).map((event) => text(at(event, 'data', 'id'))));
  return {
    ...desk,
    conversations: { ...desk.conversations, [id]: { ...topic, entries: newest(topic.entries, isOpen) } },
    offers: desk.offers.filter((offer) => offer.conversation !== id),
    outbox: desk.outbox.filter((unsent) => !there.has(unsent.id)),
    hands: desk.hands.filter((hand) => hand.conversation !== id),
    selected: desk.selected ?? id,
  };
}

function happened(desk: Desk, what: Wire, now: number): Desk {
  const event = parsed(what.cimEvent);
  const id = text(what.conversationId) || text(event.conversationId);
  const name = text(event.name);
  if (!desk.conversations[id]) return name.startsWith('HAND_') ? hand(desk, id, event, name === 'HAND_RAISED') : desk;
  const after = withConversation(desk, id, (held) => changed(listed(desk, held, event), event, desk, now));
  const said = text(at(event, 'data', 'id'));
  const outbox = desk.outbox.filter((unsent) => unsent.id !== said);
  const arrived = outbox.length === desk.outbox.length ? after : { ...after, outbox };
  // Whoever comes has read the note; when nobody does it is there for the next attempt.
  const helped = desk.conversations[id]?.asked && !after.conversations[id]?.asked && name !== 'NO_AGENT_AVAILABLE';
  return helped ? redraft(arrived, id, { helpNote: '' }) : arrived;
}

/** The conversation with what the event puts into its list. */
function listed(desk: Desk, held: Conversation, event: Wire): Conversation {
  const receipt = receiptOf(event, desk.skew);
  if (receipt) {
    return { ...held, entries: revised(held.entries, receipt.of, (one) => furthered(one, receipt.delivery)) };
  }
  const edit = editOf(event);
  if (edit) {
    const entries = revised(held.entries, edit.of, (one) => edited(one, event, edit.deleted));
    if (entries !== held.entries || edit.deleted) return { ...held, entries };
  }
  // His profile was changed, and he is still the same.
  if (text(event.name) === 'ASSOCIATED_CUSTOMER_CHANGED' && text(at(event, 'data', '_id')) === held.customer.id) return held;
  const read = entryOf(event, desk.me.id, desk.skew);
  const entry = read && placed(read, (id) => held.entries.findLast((one) => one.id === id));
  if (!entry) return held;
  const entries = newest([...held.entries, entry], desk.selected === held.id);
  const after = { ...held, entries, lastAt: entry.at };
  return entry.kind === 'message' && !entry.inside ? spoken(after, entry) : after;
}

function spoken(held: Conversation, message: Message): Conversation {
  if (message.speaker !== 'customer') return message.speaker === 'system' ? held : { ...held, waitingSince: null };
  return {
    ...held,
    unread: held.unread + 1,
    waitingSince: held.waitingSince ?? message.at,
    typingUntil: 0,
  };
}

/** The conversation with what the event changes beside its list. */
function changed(held: Conversation, event: Wire, desk: Desk, now: number): Conversation {
  const data = object(event.data);
  const time = (hubTime(event.timestamp) ?? now) + desk.skew;
  switch (text(event.name)) {
    case 'CHANNEL_SESSION_STARTED': {
      const session = readSession(data);
      if (!session) return held;
      const rest = held.sessions.filter((one) => one.id !== session.id);
      return { ...held, sessions: [...rest, session], sessionOnWire: held.sessionOnWire ?? data };
    }
    case 'CHANNEL_SESSION_ENDED':
      return { ...held, sessions: held.sessions.filter((one) => one.id !== text(data.id)), typingUntil: 0 };
    case 'CUSTOMER_LEFT':
      return { ...held, waitingSince: null, answer: null };
    case 'AGENT_SUBSCRIBED':
      return seated(held, data.agentParticipant, desk.me.id);
    case 'PARTICIPANT_ROLE_CHANGED':
      return seated(held, data.conversationParticipant, desk.me.id);
    case 'AGENT_UNSUBSCRIBED': {
      const seat = readSeat(data.agentParticipant);
      return { ...held, seats: held.seats.filter((one) => one.user !== seat?.user) };
    }
    case 'BOT_SUBSCRIBED':
      return { ...held, bot: text(data.name) };
    case 'BOT_UNSUBSCRIBED':
      return { ...held, bot: null };
    case 'CONVERSATION_DATA_CHANGED': {
      const pairs = Object.entries(data).map(([key, value]) => [key, text(value)]);
      return { ...held, data: Object.fromEntries(pairs) };
    }
    case 'ASSOCIATED_CUSTOMER_CHANGED':
      return { ...held, customer: readCustomer(data) };
    case 'AGENT_SLA_STARTED': {
      const seconds = number(data.totalDuration) ?? 0;
      const passed = number(data.currentSliceDuration) ?? 0;
      return { ...held, answer: { ...timer(time - passed * 1000, seconds), ...levelOf(data.action) } };
    }
    case 'AGENT_SLA_STOPPED':
    case 'AGENT_SLA_EXPIRED':
      return { ...held, answer: null };
    case 'CONVERSATION_PAUSED': {
      const seconds = number(at(data, 'holdTimerDetails', 'totalDuration')) ?? 0;
      return { ...held, pause: timer(time, seconds), answer: null };
    }
    case 'CONVERSATION_RESUMED':
      return { ...held, pause: null };
    case 'TYPING_INDICATOR': {
      const typing = text(at(data, 'header', 'sender', 'type')) === 'CONNECTOR';
      return typing ? { ...held, typingUntil: now + TYPING_MS } : held;
    }
    case 'HAND_RAISED':
      return { ...held, hands: [...new Set([...held.hands, text(data.userName)])] };
    case 'HAND_DOWN':
      return { ...held, hands: held.hands.filter((name) => name !== text(data.userName)) };
    case 'NO_AGENT_AVAILABLE':
      return { ...held, asked: null };
    case 'BOT_SUGGESTION': {
      const bodies = objects(data.suggestions).map((one) => readBody(one.messageBody));
      return { ...held, suggestions: { of: textOrNull(at(data, 'requestedMessage', 'id')), bodies } };
    }
    default:
      return held;
  }
}

function seated(held: Conversation, wire: unknown, me: string): Conversation {
  const seat = readSeat(wire);
  if (!seat) return held;
  const rest = held.seats.filter((one) => one.user !== seat.user);
  const seats = seat.role === 'WRAP_UP' ? rest : [...rest, seat];
  if (seat.user !== me) return { ...held, seats, asked: null };
  return { ...held, seats, role: readRole(seat.role), seatOnWire: objectOrNull(wire) };
}

const REASONS: Record<string, Remark['name']> = {
  'CHAT TRANSFERRED': 'transferred',
  'choosing leave without Wrap Up': 'wrap_up_left',
  'Wrap Up applied': 'wrap_up_kept',
  'wrap Up Timer Expired': 'wrap_up_expired',
  SLA_EXPIRED: 'unanswered',
  CALLBACK: 'called_back',
  MRD_INTERRUPTED: 'interrupted',
  REMOVED: 'removed',
};

function takenAway(desk: Desk, what: Wire): Desk {
  const reason = text(what.reason);
  const name = REASONS[reason] ?? (reason === 'UNSUBSCRIBED' ? null : 'taken_away');
  return leave(desk, text(what.conversationId), name, name === 'taken_away' ? reason : '');
}

/** Takes a conversation off the desk, unless something of the agent's would go with it. */
function leave(desk: Desk, id: string, name: Remark['name'] | null, reason: string): Desk {
  const held = desk.conversations[id];
  if (!held) return desk;
  const after = name ? withRemark(desk, { ...plain(name, id), text: reason }) : desk;
  // Whoever ends his wrap-up has decided on what he noted.
  const isDecided = name === 'wrap_up_kept' || name === 'wrap_up_left';
  const rest = isDecided && desk.drafts[id] ? redraft(after, id, { codes: [], note: '' }) : after;
  if (!leavesSomething(rest, held)) return withoutConversation(rest, id);
  return withConversation(rest, id, (one) => ({ ...one, gone: reason || name || '', stale: false, wrapUp: null }));
}

/** Whether something the agent wrote would be lost with a conversation. */
function leavesSomething(desk: Desk, { id, customer }: Conversation): boolean {
  const draft = draftOf(desk, id);
  const isUnsent = desk.outbox.some((unsent) => unsent.conversation === id);
  return isUnsent || !isEmpty(draft) || !isUnnoted(draft) || isCorrected(desk, customer.id);
}

/** Puts a conversation away for good, with what was written in it. */
export function withoutConversation(desk: Desk, id: string): Desk {
  const { [id]: held, ...conversations } = desk.conversations;
  const { [id]: _, ...drafts } = desk.drafts;
  return {
    ...(held ? correct(desk, held.customer.id, null) : desk),
    conversations,
    drafts,
    outbox: desk.outbox.filter((unsent) => unsent.conversation !== id),
    selected: desk.selected === id ? null : desk.selected,
  };
}

function wrapUp(desk: Desk, what: Wire, now: number): Desk {
  const seconds = number(what.duration) ?? 0;
  return withConversation(desk, text(what.conversationId), (held) => {
    // A desk that comes back is told the seconds that are left.
    const total = Math.max(held.wrapUp?.total ?? 0, seconds * 1000);
    return { ...held, role: 'WRAP_UP', wrapUp: { until: now + seconds * 1000, total } };
  });
}

/** A refusal goes to the message it is about, or is said in passing. */
function refused(desk: Desk, what: Wire): Desk {
  const message = text(what.messageId);
  const said = readSaid(what.msg, what.why);
  const about = desk.outbox.find((unsent) => unsent.id === message);
  if (about) {
    const outbox = desk.outbox.map((unsent) => (unsent === about ? { ...unsent, refused: said } : unsent));
    return { ...desk, outbox };
  }
  const id = textOrNull(what.conversationId);
  const asked = text(what.task).match(/^(direct|consult)/) && id;
  const after = asked ? withConversation(desk, id, (held) => ({ ...held, asked: null })) : desk;
  return withRemark(after, { tone: 'bad', name: 'refused', text: said.words, why: said.why, conversation: id });
}

function plain(name: Remark['name'], conversation: string | null = null): Omit<Remark, 'id'> {
  return { tone: name === 'wrap_up_kept' ? 'good' : 'plain', name, text: '', conversation };
}

function hand(desk: Desk, conversation: string, event: Wire, up: boolean): Desk {
  const agent = text(at(event, 'data', 'agentId'));
  const rest = desk.hands.filter((one) => one.conversation !== conversation || one.agent !== agent);
  if (!up || agent === desk.me.id) return { ...desk, hands: rest };
  const raised = {
    conversation,
    agent,
    name: handOf(event),
    customer: readCustomer(at(event, 'channelSession', 'customer')).name,
  };
  return { ...desk, hands: [...rest, raised] };
}

function pullList(wire: Wire): Desk['lists'][number] {
  return { id: text(wire.id), name: text(wire.name), description: text(wire.description) };
}

function pullRequests(desk: Desk, payload: unknown): Desk['requests'] {
  return list(payload).flatMap((one) => readPullRequest(object(one), desk.skew) ?? []);
}

function withRequests(desk: Desk, more: Desk['requests']): Desk['requests'] {
  const ids = new Set(more.map((one) => one.id));
  return [...desk.requests.filter((one) => !ids.has(one.id)), ...more];
}

function requested(desk: Desk, what: Wire): Desk {
  const request = readPullRequest(parsed(what.pullModeEvent), desk.skew);
  if (!request) return desk;
  const closing = request.status === 'closing' || request.status === 'closed';
  const requests = closing ? desk.requests.filter((one) => one.id !== request.id) : withRequests(desk, [request]);
  return { ...desk, requests };
}

/** Announcements to show; one's own are not. */
export function announced(desk: Desk, wires: Wire[]): Desk {
  const more = wires
    .filter((wire) => text(wire.supervisorId) !== desk.me.id)
    .filter((wire) => !list(wire.seenBy).map(text).includes(desk.me.id))
    .map((wire) => {
      const until = hubTime(wire.expiryTime);
      return {
        id: text(wire.id),
        by: text(wire.supervisorName),
        text: text(wire.announcementText),
        until: until === null ? null : until + desk.skew,
      };
    });
  const ids = new Set(more.map((one) => one.id));
  return { ...desk, announcements: [...desk.announcements.filter((one) => !ids.has(one.id)), ...more] };
}

