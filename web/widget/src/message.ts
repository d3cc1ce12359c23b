// What the hub tells a page, read into what the page shows. Every shape of a message has one here; one that is not known
// becomes readable text. Addresses that lead nowhere good are dropped.

import { type Body, type Members, list, members, number, text } from './wire';

export type Who = 'me' | 'agent' | 'bot';

/** Something a button does: says a text, or opens a page. */
export type Choice = { title: string } & ({ says: string } | { opens: string });

export interface Card {
  text: string;
  image: string | null;
  opens: string | null;
  choices: Choice[];
}

export interface Person {
  name: string;
  phones: string[];
}

export type Content =
  | { is: 'text'; text: string }
  | { is: 'image' | 'video' | 'audio' | 'file'; url: string | null; name: string; bytes: number | null; caption: string }
  | { is: 'sticker'; url: string | null }
  | { is: 'link'; url: string | null; text: string }
  | { is: 'place'; url: string | null; text: string }
  | { is: 'people'; people: Person[] }
  | { is: 'choices'; title: string; text: string; footer: string; choices: Choice[] }
  | { is: 'cards'; text: string; cards: Card[] }
  | { is: 'email'; subject: string; from: string; text: string; files: { name: string; url: string | null }[] }
  | { is: 'table'; title: string; text: string; rows: [string, string][] }
  | { is: 'unknown'; type: string; text: string };

export interface Said {
  id: string;
  who: Who;
  /** Of the agent or bot. */
  name: string;
  /** Milliseconds since 1970. */
  at: number;
  content: Content;
  /** The message this one answers. */
  quotes: string | null;
}

export interface Agent {
  id: string;
  name: string;
}

/** What a message of the hub's means to the chat. */
export type News =
  | { is: 'said'; said: Said }
  | { is: 'edited'; id: string; content: Content }
  | { is: 'joined' | 'left'; id: string; at: number; agent: Agent }
  | { is: 'nobody'; id: string; at: number }
  | { is: 'queued' | 'ringing' }
  | { is: 'wait'; position: number; secs: number }
  | { is: 'typing'; name: string; on: boolean }
  | { is: 'seen'; id: string }
  | { is: 'nothing' };

const NOTHING: News = { is: 'nothing' };

/** Reads a message. `base` is where the hub is: addresses may be relative to it. */
export function read(sent: unknown, base: string): News {
  const message = members(sent);
  const header = members(message.header);
  const body = members(message.body);
  const id = text(message.id);
  switch (body.type) {
    case 'NOTIFICATION':
      return notice(id, header, body);
    case 'DELIVERYNOTIFICATION':
      return body.status === 'READ' ? { is: 'seen', id: text(body.messageId) } : NOTHING;
    case 'DELETEDNOTIFICATION':
    case 'VOICE':
    case 'WRAPUP':
    case 'ACTION':
    case undefined:
      return NOTHING;
  }
  const sender = members(header.sender);
  const who = WHO[text(sender.type)];
  if (!who || !id) return NOTHING;
  const content = readable(body as Body, base);
  const original = text(header.originalMessageId);
  if (header.intent === 'UPDATE' && original) return { is: 'edited', id: original, content };
  const said = { id, who, name: nameOf(sender), at: moment(header.timestamp), content, quotes: original || null };
  return { is: 'said', said };
}

const WHO: Record<string, Who> = { CUSTOMER: 'me', AGENT: 'agent', BOT: 'bot' };

function notice(id: string, header: Members, body: Members): News {
  const sender = members(header.sender);
  const data = members(body.notificationData);
  const agent = { id: text(sender.id), name: nameOf(sender) };
  const at = moment(header.timestamp);
  switch (body.notificationType) {
    case 'AGENT_SUBSCRIBED':
      return { is: 'joined', id, at, agent };
    case 'AGENT_UNSUBSCRIBED':
      return { is: 'left', id, at, agent };
    case 'TASK_ENQUEUED':
      return { is: 'queued' };
    case 'AGENT_RESERVED':
      return { is: 'ringing' };
    case 'NO_AGENT_AVAILABLE':
      return { is: 'nobody', id, at };
    case 'EWT_MESSAGE':
      return { is: 'wait', position: number(data.position) ?? 0, secs: number(data.ewt) ?? 0 };
    case 'TYPING_STARTED':
    case 'TYPING_STOPPED':
      return { is: 'typing', name: agent.name, on: body.notificationType === 'TYPING_STARTED' };
    default:
      return NOTHING;
  }
}

/** The name a customer may know an agent by; what he signs in with is nobody's business. */
function nameOf(sender: Members): string {
  const detail = members(sender.additionalDetail);
  const names = [text(detail.firstName), text(detail.lastName)].filter(Boolean).join(' ');
  return names || (sender.type === 'AGENT' ? text(sender.senderName) : '');
}

function moment(timestamp: unknown): number {
  return number(timestamp) ?? (Date.parse(text(timestamp)) || 0);
}

/** What a body shows; one that cannot be read spoils no other. */
export function readable(body: Body, base: string): Content {
  try {
    return contentOf(body, base);
  } catch {
    return { is: 'unknown', type: body.type, text: text(body.markdownText) };
  }
}

function contentOf(body: Body, base: string): Content {
  const words = text(body.markdownText);
  const details = members(body.additionalDetails);
  const attachment = members(body.attachment);
  const link = (...from: unknown[]) => address(from.map(text).find(Boolean) ?? '', base);
  switch (body.type) {
    case 'PLAIN':
      return { is: 'text', text: text(details.title) || words };
    case 'IMAGE':
    case 'VIDEO':
    case 'AUDIO':
    case 'FILE':
    case 'MULTIMEDIA': {
      const url = link(attachment.mediaUrl);
      const name = text(attachment.mediaName) || originalName(text(details.fileName) || nameIn(url));
      const caption = text(body.caption);
      const isName = !caption || originalName(caption) === name;
      return { is: mediaOf(body.type, attachment), url, name, bytes: number(attachment.size), caption: isName ? words : caption };
    }
    case 'STICKER':
      return { is: 'sticker', url: link(body.mediaUrl, attachment.mediaUrl) };
    case 'URL':
      return { is: 'link', url: link(body.mediaUrl, attachment.mediaUrl), text: words };
    case 'LOCATION':
      return { is: 'place', url: map(members(body.location)), text: words };
    case 'CONTACT':
      return { is: 'people', people: list(body.contacts).map(person) };
    case 'BUTTON': {
      const parts = members(details.interactive);
      const part = (name: string) => text(members(parts[name]).text);
      const choices = list(body.buttons).map((one) => choice(one, base));
      return { is: 'choices', title: part('header'), text: words || part('body'), footer: part('footer'), choices };
    }
    case 'CAROUSEL':
      return { is: 'cards', text: words, cards: list(body.elements).map((one) => card(one, base)) };
    case 'EMAIL': {
      const files = list(body.attachments).map(members);
      const named = files.map((file) => ({ name: text(file.mediaName) || nameIn(link(file.mediaUrl)), url: link(file.mediaUrl) }));
      return { is: 'email', subject: text(body.subject), from: text(body.from), text: words || plain(text(body.htmlBody)), files: named };
    }
    case 'TEMPLATE':
      return { is: 'table', title: text(body.name), text: [words, ...parameters(body)].filter(Boolean).join('\n'), rows: [] };
    case 'RECEIPT':
      return receipt(body, words);
    default:
      return { is: 'unknown', type: body.type, text: words };
  }
}

type Media = 'image' | 'video' | 'audio' | 'file';

function mediaOf(type: string, attachment: Members): Media {
  const known: Record<string, Media> = { IMAGE: 'image', VIDEO: 'video', AUDIO: 'audio' };
  if (type !== 'MULTIMEDIA') return known[type] ?? 'file';
  const kind = text(attachment.mimeType || attachment.type).split('/')[0]!;
  return known[kind.toUpperCase()] ?? 'file';
}

/** Only addresses a browser opens as a page or a file; others are dropped. */
export function address(written: string, base: string): string | null {
  try {
    const url = new URL(written.trim(), base);
    return written.trim() && /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Stored names begin with the conversation and a number of chance; people know the rest. */
function originalName(stored: string): string {
  return stored.replace(/^[0-9A-Za-z]*_[0-9a-f]{16}_/, '');
}

function nameIn(url: string | null): string {
  if (!url) return '';
  const { searchParams, pathname } = new URL(url);
  return originalName(searchParams.get('filename') ?? decodeURIComponent(pathname.split('/').pop() ?? ''));
}

function map(place: Members): string | null {
  const [latitude, longitude] = [number(place.latitude), number(place.longitude)];
  if (latitude === null || longitude === null) return null;
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
}

function person(value: unknown): Person {
  const { name, phones } = members(value);
  return {
    name: text(members(name).formattedName),
    phones: list(phones).map((one) => text(members(one).phone)).filter(Boolean),
  };
}

function choice(value: unknown, base: string): Choice {
  const { title, payload, type } = members(value);
  const says = text(payload) || text(title);
  const opens = /url|link/i.test(text(type)) ? address(says, base) : null;
  return opens ? { title: text(title), opens } : { title: text(title) || says, says };
}

function card(value: unknown, base: string): Card {
  const element = members(value);
  return {
    text: text(element.text),
    image: address(text(element.url), base),
    opens: address(text(members(element.defaultAction).url), base),
    choices: list(element.buttons).map((one) => choice(one, base)),
  };
}

function parameters(body: Members): string[] {
  const given = list(body.components).flatMap((one) => list(members(one).parameters));
  return given.map((one) => text(members(members(one).additionalParameterDetails).text) || text(members(one).text));
}

function receipt(body: Members, words: string): Content {
  const currency = text(body.currency);
  const price = (value: unknown) => [text(value), currency].filter(Boolean).join(' ');
  const rows = list(body.elements).map(members).map((one): [string, string] => {
    const quantity = number(one.quantity);
    return [quantity === null ? text(one.title) : `${quantity} × ${text(one.title)}`, price(one.price)];
  });
  const total = members(body.summary).totalCost;
  if (total !== undefined) rows.push(['=', price(total)]);
  return { is: 'table', title: text(body.merchantName) || text(body.orderNumber), text: words, rows };
}

/** What can be read of HTML: it is shown as text, so markup that is left over does no harm. */
function plain(html: string): string {
  return html.replace(/<[^>]+>/g, ' ').trim();
}
