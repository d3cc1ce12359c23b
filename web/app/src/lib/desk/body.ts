// A message's body as it is shown. Every type of the wire has its picture; one that is not known is shown as its
// members and values, so that nothing a customer sent is out of an agent's sight.

import { at, list, number, object, objects, text, textOrNull, type Wire } from './read';
import { safeHref, safeMedia, words } from './text';

export interface File {
  href: string | null;
  name: string;
  mime: string;
  size: number | null;
  thumbnail: string | null;
}

export interface Button {
  title: string;
  href: string | null;
}

export type Body =
  | { is: 'text'; text: string }
  | { is: 'image' | 'video' | 'audio' | 'file'; file: File; caption: string }
  | { is: 'sticker'; href: string | null }
  | { is: 'link'; href: string | null; text: string }
  | { is: 'location'; latitude: number; longitude: number; text: string }
  | { is: 'contact'; contacts: { name: string; phones: string[] }[] }
  | { is: 'buttons'; header: string; text: string; footer: string; buttons: Button[] }
  | { is: 'carousel'; cards: { text: string; image: string | null; buttons: Button[] }[] }
  | { is: 'template'; name: string; language: string; parts: { name: string; values: string[] }[] }
  | { is: 'receipt'; receipt: Receipt }
  | { is: 'email'; email: Email }
  | { is: 'comment'; action: string; text: string; file: File | null; post: string }
  | { is: 'wrap_up'; codes: { category: string; value: string }[]; note: string }
  | { is: 'voice'; reason: string; state: string }
  | { is: 'deleted' }
  | { is: 'other'; type: string; text: string; members: { name: string; value: string }[] };

export interface Receipt {
  merchant: string;
  order: string;
  currency: string;
  payment: string;
  items: { title: string; subtitle: string; quantity: number | null; price: number | null }[];
  totals: { name: 'subtotal' | 'shippingCost' | 'totalTax' | 'totalCost'; amount: number }[];
  adjustments: { name: string; amount: number }[];
  address: string;
}

export interface Email {
  subject: string;
  from: string;
  to: string[];
  cc: string[];
  text: string;
  attachments: File[];
}

/** Members that are shown of an unknown body, and how long each may be. */
const MEMBERS_MAX = 30;
const MEMBER_CHARS_MAX = 500;

export function readBody(wire: unknown): Body {
  const body = object(wire);
  const type = text(body.type);
  const written = text(body.markdownText);
  switch (type.toUpperCase()) {
    case 'PLAIN':
    case '':
      return { is: 'text', text: written };
    case 'IMAGE':
      return { is: 'image', file: attached(body), caption: captionOf(body) };
    case 'VIDEO':
      return { is: 'video', file: attached(body), caption: captionOf(body) };
    case 'AUDIO':
      return { is: 'audio', file: attached(body), caption: captionOf(body) };
    case 'VOICE_RECORDING':
      return { is: 'audio', file: attached(body), caption: captionOf(body) };
    case 'FILE':
      return { is: 'file', file: attached(body), caption: captionOf(body) };
    case 'MULTIMEDIA':
      return multimedia(body);
    case 'STICKER':
      return { is: 'sticker', href: mediaOf(body) };
    case 'URL': {
      const address = text(body.mediaUrl) || text(at(body, 'attachment', 'mediaUrl'));
      return { is: 'link', href: safeHref(address), text: written || address };
    }
    case 'LOCATION':
      return location(body, written);
    case 'CONTACT':
      return contact(body);
    case 'BUTTON':
      return buttons(body, written);
    case 'CAROUSEL':
      return carousel(body);
    case 'TEMPLATE':
      return template(body);
    case 'RECEIPT':
      return { is: 'receipt', receipt: receipt(body) };
    case 'EMAIL':
      return { is: 'email', email: email(body, written) };
    case 'COMMENT':
      return comment(body, written);
    case 'WRAPUP':
      return wrapUp(body);
    case 'VOICE':
      return { is: 'voice', reason: text(body.reasonCode), state: text(body.state) };
    case 'DELETEDNOTIFICATION':
      return { is: 'deleted' };
    default:
      return unknown(body, type, written);
  }
}

/** One line that stands for a body, in lists, quotes and notifications; empty when only a picture would do. */
export function summary(body: Body): string {
  switch (body.is) {
    case 'text':
      return words(body.text);
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
      return words(body.caption) || body.file.name;
    case 'link':
      return body.text;
    case 'location':
      return body.text || `${body.latitude}, ${body.longitude}`;
    case 'contact':
      return body.contacts.map((one) => one.name).join(', ');
    case 'buttons':
      return words(body.header || body.text);
    case 'carousel':
      return words(body.cards[0]?.text ?? '');
    case 'template':
      return body.name;
    case 'receipt':
      return [body.receipt.merchant, body.receipt.order].filter(Boolean).join(' · ');
    case 'email':
      return body.email.subject || words(body.email.text);
    case 'comment':
      return words(body.text) || body.action;
    case 'wrap_up':
      return body.codes.map((code) => code.value).join(', ') || words(body.note);
    case 'other':
      return words(body.text) || body.type;
    case 'sticker':
    case 'voice':
    case 'deleted':
      return '';
  }
}

function attached(body: Wire): File {
  return file(body.attachment ? object(body.attachment) : body, text(at(body, 'additionalDetails', 'fileName')));
}

function file(of: Wire, name = ''): File {
  const href = safeMedia(of.mediaUrl);
  return {
    href,
    name: name || text(of.mediaName) || text(of.mediaLabel) || nameIn(href),
    mime: text(of.mimeType),
    size: number(of.size),
    thumbnail: safeMedia(of.thumbnail),
  };
}

/** A file's own name, where its address says it. */
function nameIn(href: string | null): string {
  if (!href) return '';
  const url = new URL(href, 'http://hub');
  const stored = url.searchParams.get('filename') ?? url.pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(stored).replace(/^[0-9a-f]{8,}[_-]/i, '');
  } catch {
    return stored;
  }
}

function captionOf(body: Wire): string {
  const caption = text(body.caption) || text(body.markdownText);
  return caption === attached(body).name ? '' : caption;
}

function mediaOf(body: Wire): string | null {
  return safeMedia(body.mediaUrl) ?? safeMedia(at(body, 'attachment', 'mediaUrl'));
}

function multimedia(body: Wire): Body {
  const inside = attached(body);
  const kind = inside.mime.split('/')[0];
  const is = kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file';
  return { is, file: inside, caption: captionOf(body) };
}

function location(body: Wire, written: string): Body {
  const latitude = number(at(body, 'location', 'latitude'));
  const longitude = number(at(body, 'location', 'longitude'));
  if (latitude === null || longitude === null) return unknown(body, 'LOCATION', written);
  return { is: 'location', latitude, longitude, text: written };
}

function contact(body: Wire): Body {
  const contacts = objects(body.contacts).map((one) => ({
    name: text(at(one, 'name', 'formattedName')) || text(one.name),
    phones: objects(one.phones).map((phone) => text(phone.phone)).filter(Boolean),
  }));
  return { is: 'contact', contacts };
}

function buttonsOf(value: unknown): Button[] {
  return objects(value).map((one) => ({
    title: text(one.title) || text(one.payload),
    href: text(one.type).toLowerCase().includes('url') ? safeHref(one.payload) : null,
  }));
}

function buttons(body: Wire, written: string): Body {
  const interactive = at(body, 'additionalDetails', 'interactive');
  return {
    is: 'buttons',
    header: text(at(interactive, 'header', 'text')),
    text: text(at(interactive, 'body', 'text')) || written,
    footer: text(at(interactive, 'footer', 'text')),
    buttons: buttonsOf(body.buttons),
  };
}

function carousel(body: Wire): Body {
  const cards = objects(body.elements).map((one) => ({
    text: text(one.text),
    image: safeMedia(one.url),
    buttons: buttonsOf(one.buttons),
  }));
  return { is: 'carousel', cards };
}

function template(body: Wire): Body {
  const parts = objects(body.components).map((one) => ({
    name: text(one.type),
    values: objects(one.parameters).map((parameter) => {
      const details = object(parameter.additionalParameterDetails);
      return text(details.text) || text(parameter.text) || plainValue(details) || text(parameter.parameterType);
    }),
  }));
  return { is: 'template', name: text(body.name), language: text(at(body, 'language', 'code')), parts };
}

const TOTALS = ['subtotal', 'shippingCost', 'totalTax', 'totalCost'] as const;

function receipt(body: Wire): Receipt {
  const where = object(body.address);
  return {
    merchant: text(body.merchantName),
    order: text(body.orderNumber),
    currency: text(body.currency),
    payment: text(body.paymentMethode) || text(body.paymentMethod),
    items: objects(body.elements).map((one) => ({
      title: text(one.title),
      subtitle: text(one.subtitle),
      quantity: number(one.quantity),
      price: number(one.price),
    })),
    totals: TOTALS.flatMap((name) => {
      const amount = number(at(body, 'summary', name));
      return amount === null ? [] : [{ name, amount }];
    }),
    adjustments: objects(body.adjustments).map((one) => ({ name: text(one.name), amount: number(one.amount) ?? 0 })),
    address: ['street1', 'street2', 'postalCode', 'city', 'state', 'country']
      .map((member) => text(where[member]))
      .filter(Boolean)
      .join(', '),
  };
}

function email(body: Wire, written: string): Email {
  const people = (value: unknown) => list(value).map(text).filter(Boolean);
  return {
    subject: text(body.subject),
    from: text(body.from),
    to: people(body.recipientsTo),
    cc: people(body.recipientsCc),
    text: written || textOfHtml(text(body.htmlBody)),
    attachments: objects(body.attachments).map((one) => file(one)),
  };
}

const BLOCK = /<\/?(p|div|br|li|ul|ol|tr|table|h[1-6]|blockquote|hr)\b[^>]*>/gi;
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The words of an HTML mail. They are shown as text, so nothing in them can load, run or mislead. */
export function textOfHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<(script|style|head|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(BLOCK, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
      if (name) return NAMED[name.toLowerCase()] ?? whole;
      const code = decimal ? Number(decimal) : parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function comment(body: Wire, written: string): Body {
  return {
    is: 'comment',
    action: text(body.itemType),
    text: written,
    file: body.attachment ? attached(body) : null,
    post: text(body.postId),
  };
}

function wrapUp(body: Wire): Body {
  const codes = objects(body.wrapups).map((one) => ({ category: text(one.categoryName), value: text(one.value) }));
  return { is: 'wrap_up', codes, note: text(body.note) };
}

function unknown(body: Wire, type: string, written: string): Body {
  const members = Object.entries(body)
    .filter(([name, value]) => name !== 'type' && name !== 'markdownText' && value !== null && value !== '')
    .slice(0, MEMBERS_MAX)
    .map(([name, value]) => ({ name, value: plainValue(value) }));
  return { is: 'other', type, text: written, members };
}

function plainValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  const told = typeof value === 'object' ? JSON.stringify(value) : text(value);
  if (told === '{}') return '';
  return told.length > MEMBER_CHARS_MAX ? `${told.slice(0, MEMBER_CHARS_MAX)}…` : told;
}

/** Where a stored file of ours is read. */
export function storedHref(name: string): string {
  return `/file-engine/api/downloadFileStream?filename=${encodeURIComponent(textOrNull(name) ?? '')}`;
}
