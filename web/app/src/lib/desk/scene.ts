// Reading the objects the hub shows: sessions, people, customers, whole conversations, what rings.

import { hubTime, timer } from './clock';
import { entriesOf } from './happening';
import {
  type AnswerLevel,
  type AnswerTimer,
  type Conversation,
  type Customer,
  type Message,
  type Offer,
  type Presence,
  type PullRequest,
  type Role,
  type Seat,
  type Session,
  type Timer,
} from './model';
import { at, list, number, object, objectOrNull, objects, text, textOrNull, type Wire } from './read';

const OWN_MEMBERS = ['_id', 'id', 'firstName', 'isAnonymous', '__v', 'labels'];

export function readCustomer(wire: unknown): Customer {
  const of = object(wire);
  const attributes = Object.entries(of).filter(([key]) => !OWN_MEMBERS.includes(key));
  return {
    id: text(of._id) || text(of.id),
    name: [text(of.firstName), text(of.lastName)].filter(Boolean).join(' '),
    anonymous: of.isAnonymous === true,
    labels: list(of.labels).map((label) => (typeof label === 'object' ? text(at(label, '_id')) : text(label))),
    attributes: { firstName: of.firstName, ...Object.fromEntries(attributes) },
  };
}

/** The attribute of a connector that says whether it changes messages. */
const EDIT_SUPPORT = 'EDIT_MESSAGE_SUPPORT_DM';

export function readSession(wire: unknown): Session | null {
  const of = object(wire);
  const id = text(of.id);
  if (!id) return null;
  const data = object(of.channelData);
  return {
    id,
    channel: text(at(of, 'channel', 'name')),
    channelType: text(at(of, 'channel', 'channelType', 'name')),
    logo: text(at(of, 'channel', 'channelType', 'channelLogo')),
    service: text(data.serviceIdentifier),
    address: text(data.channelCustomerIdentifier),
    details: objects(data.additionalAttributes).flatMap(details),
    open: of.isActive !== false && of.active !== false && text(at(of, 'state', 'name')) !== 'ENDED',
    outbound: text(of.channelSessionDirection) === 'OUTBOUND',
    editable: objects(at(of, 'channel', 'channelConnector', 'channelProviderConfigs')).some(({ key, value }) => key === EDIT_SUPPORT && value === true),
  };
}

/** What a channel says of a customer; a web page's form and browser are several things at once. */
function details(attribute: Wire): { key: string; value: string }[] {
  const value = attribute.value;
  if (text(attribute.type) !== 'WebChannelData') {
    const told = typeof value === 'object' && value !== null ? JSON.stringify(value) : text(value);
    return told ? [{ key: text(attribute.key), value: told }] : [];
  }
  const form = objects(at(value, 'formData', 'attributes'));
  const locale = object(at(value, 'locale'));
  const browser = object(at(value, 'browserDeviceInfo'));
  return [
    ...form.map((answer) => ({ key: text(answer.key), value: text(answer.value) })),
    { key: 'browser', value: [text(browser.browserName), text(browser.deviceType)].filter(Boolean).join(', ') },
    { key: 'language', value: text(locale.language) },
    { key: 'timezone', value: text(locale.timezone) },
  ].filter((one) => one.value);
}

export function readSeat(wire: unknown): Seat | null {
  const of = object(wire);
  const user = object(at(of, 'participant', 'keycloakUser'));
  const id = text(user.id) || text(at(of, 'participant', 'id'));
  if (!id || text(of.type) !== 'AGENT') return null;
  const name = [text(user.firstName), text(user.lastName)].filter(Boolean).join(' ');
  return { user: id, username: text(user.username), name: name || text(user.username), role: readRole(of.role) };
}

export function readRole(value: unknown): Role {
  const role = text(value) as Role;
  return ['PRIMARY', 'ASSISTANT', 'SILENT_MONITOR', 'WHISPER', 'WRAP_UP'].includes(role) ? role : 'SILENT_MONITOR';
}

export function levelOf(action: unknown): { level: AnswerLevel; asks: boolean } {
  switch (text(action)) {
    case 'CHANGE_COLOR':
      return { level: 'warn', asks: false };
    case 'CHANGE_COLOR_TO_RED':
      return { level: 'urgent', asks: false };
    case 'SHOW_POPUP':
      return { level: 'urgent', asks: true };
    default:
      return { level: 'calm', asks: false };
  }
}

function answerTimer(wire: unknown, skew: number): AnswerTimer | null {
  const running = clockTimer(wire, skew);
  return running && { ...running, ...levelOf(at(wire, 'action')) };
}

function clockTimer(wire: unknown, skew: number): Timer | null {
  const seconds = number(at(wire, 'totalDuration'));
  const since = hubTime(at(wire, 'startTime'));
  return seconds && since ? timer(since + skew, seconds) : null;
}

/** A whole conversation as `onTopicData` shows it. `before` is what the desk held of it. */
export function readTopic(
  payload: Wire,
  me: string,
  skew: number,
  before: Conversation | undefined,
): Conversation | null {
  const of = object(payload.topicData);
  const id = text(of.id) || text(payload.conversationId);
  if (!id) return null;
  const entries = entriesOf(objects(of.topicEvents), me, skew);
  const participants = objects(of.participants);
  const known = new Set(before?.entries.map((entry) => entry.id));
  const unread = entries.filter((entry) => fromCustomer(entry) && !known.has(entry.id)).length;
  const bot = participants.find((one) => text(one.type) === 'BOT');
  const hands = object(of.agentHandRaise);
  return {
    id,
    task: textOrNull(payload.taskId) ?? before?.task ?? null,
    room: objectOrNull(payload.roomInfo),
    customer: readCustomer(of.customer),
    sessions: participants
      .filter((one) => text(one.type) === 'CUSTOMER')
      .flatMap((one) => readSession(one.participant) ?? []),
    sessionOnWire: objectOrNull(of.channelSession),
    seatOnWire: objectOrNull(of.topicParticipant),
    seats: participants.flatMap((one) => readSeat(one) ?? []).filter((seat) => seat.role !== 'WRAP_UP'),
    bot: bot ? text(at(bot, 'participant', 'name')) : null,
    role: readRole(at(of.topicParticipant, 'role')),
    data: Object.fromEntries(Object.entries(object(of.conversationData)).map(([key, value]) => [key, text(value)])),
    entries,
    unread: (before?.unread ?? 0) + (before ? unread : 0),
    waitingSince: waitingSince(entries),
    lastAt: entries.at(-1)?.at ?? 0,
    answer: answerTimer(of.agentSla, skew),
    pause: clockTimer(of.holdTimerDetails, skew),
    wrapUp: null,
    typingUntil: 0,
    hands: hands.handRaised === true ? list(hands.agentNames).map(text) : [],
    suggestions: before?.suggestions ?? null,
    asked: before?.asked ?? null,
    stale: false,
    gone: null,
  };
}

function fromCustomer(entry: { kind: string }): boolean {
  return entry.kind === 'message' && (entry as Message).speaker === 'customer';
}

/** Since when the customer has waited for an answer of an agent or bot. */
export function waitingSince(entries: readonly { kind: string; at: number }[]): number | null {
  let since: number | null = null;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index] as Message;
    if (entry.kind !== 'message' || entry.inside) continue;
    if (entry.speaker !== 'customer') break;
    since = entry.at;
  }
  return since;
}

export function readOffer(payload: Wire, skew: number): Offer | null {
  const conversation = text(payload.conversationId);
  const task = text(payload.taskId);
  if (!conversation || !task) return null;
  const session = object(payload.channelSession);
  const until = hubTime(payload.ringsUntil);
  const seconds = number(payload.ringSeconds);
  const waiting = hubTime(payload.enqueueTime);
  return {
    conversation,
    task,
    room: objectOrNull(payload.roomInfo),
    customer: readCustomer(session.customer).name,
    session: readSession(session),
    direction: text(payload.taskDirection),
    queue: text(at(payload.queue, 'name')),
    note: text(payload.note),
    askedBy: text(payload.requestedByName) || text(payload.requestedBy),
    ring: until !== null && seconds ? { until: until + skew, total: seconds * 1000 } : null,
    waitingSince: waiting === null ? null : waiting + skew,
  };
}

export function readPresence(wire: unknown, skew: number): Presence {
  const of = object(wire);
  return {
    state: (text(at(of, 'state', 'name')) || 'UNKNOWN') as Presence['state'],
    reason: textOrNull(at(of, 'state', 'reasonCode', 'name')),
    since: (hubTime(of.stateChangeTime) ?? 0) + skew,
    domains: objects(of.agentMrdStates).map((one) => ({
      id: text(at(one, 'mrd', 'id')),
      name: text(at(one, 'mrd', 'name')),
      state: text(one.state),
      since: (hubTime(one.stateChangeTime) ?? 0) + skew,
      tasksMax: number(one.maxAgentTasks) ?? 0,
    })),
  };
}

export function readPullRequest(wire: Wire, skew: number): PullRequest | null {
  const id = text(wire.id);
  if (!id) return null;
  const session = object(wire.channelSession);
  return {
    id,
    list: text(wire.listId),
    status: text(wire.status).toLowerCase(),
    at: (hubTime(wire.time) ?? 0) + skew,
    customer: readCustomer(session.customer).name,
    session: readSession(session),
    sessionOnWire: session,
  };
}
