/** Customers who are only played: who they are, and what they send, as a connector would post it. */

import type { Values } from '$lib/admin/form/path';

export interface Customer {
  address: string;
  firstName: string;
  lastName: string;
}

/** Where the customer writes: a channel, as its connector names it. */
export interface Line {
  channel: string;
  connector: string;
  service: string;
  /** Tells channels apart that share a service identifier. */
  type: string;
}

const NAMES: [first: string, last: string][] = [
  ['Jonas', 'Brandt'],
  ['Mira', 'Vogt'],
  ['Leila', 'Haddad'],
  ['Tariq', 'Aziz'],
  ['Ana', 'Silva'],
  ['Sofia', 'Lind'],
];

/** Somebody nobody knows yet, with an address such as customers of the channel have. `chance` is from 0 to 1. */
export function stranger(addressType: string, chance: () => number = Math.random): Customer {
  const [firstName, lastName] = NAMES[Math.floor(chance() * NAMES.length)] ?? ['', ''];
  const number = String(Math.floor(chance() * 90_000_000) + 10_000_000);
  const address: Record<string, string> = {
    phoneNumber: `+49151${number}`,
    email: `${firstName.toLowerCase()}.${number}@example.com`,
    number,
    positiveNumber: number,
    ip: `192.0.2.${Number(number) % 254}`,
    url: `https://example.com/${number}`,
    boolean: 'true',
  };
  return { address: address[addressType] ?? `customer${number}`, firstName, lastName };
}

export type Body = Values & { type: string };

export const words = (text: string): Body => ({ type: 'PLAIN', markdownText: text });

/** What pressing a button says: what it stands for, and what was read on it. */
export const pressed = (title: string, says: string): Body => ({
  type: 'PLAIN',
  markdownText: says,
  additionalDetails: { title },
});

export const place = (latitude: number, longitude: number, name: string): Body => ({
  type: 'LOCATION',
  location: { latitude, longitude },
  markdownText: name,
});

export const card = (name: string, phone: string): Body => ({
  type: 'CONTACT',
  contacts: [{ name: { formattedName: name }, phones: [{ phone }] }],
  markdownText: '',
});

export const typing = (on: boolean): Body => ({
  type: 'NOTIFICATION',
  notificationType: on ? 'TYPING_STARTED' : 'TYPING_STOPPED',
  markdownText: '',
});

export const receipt = (messageId: string): Body => ({
  type: 'DELIVERYNOTIFICATION',
  messageId,
  status: 'READ',
  reasonCode: '200',
  markdownText: '',
});

/** A file the hub has stored: shown by its kind. */
export function file(stored: { name: string; type: string; size: number }, fileName: string, href: string): Body {
  const kind = stored.type.split('/')[0]?.toUpperCase() ?? '';
  const type = ['IMAGE', 'VIDEO', 'AUDIO'].includes(kind) ? kind : 'FILE';
  const attachment = { mediaUrl: href, mimeType: stored.type, size: stored.size, thumbnail: '' };
  return { type, markdownText: '', caption: '', additionalDetails: { fileName }, attachment };
}

export type Intent = 'END_CHAT' | null;

/** A message as a connector posts it. Its sender says that nobody real wrote it. */
export function posted(id: string, at: number, customer: Customer, line: Line, body: Body, intent: Intent = null): Values {
  return {
    id,
    header: {
      sender: { id: 'simulator', type: 'CONNECTOR', senderName: 'SIMULATOR' },
      channelData: {
        channelCustomerIdentifier: customer.address,
        serviceIdentifier: line.service,
        channelTypeCode: line.type,
        ...(customer.firstName ? { customerFirstName: customer.firstName } : {}),
        ...(customer.lastName ? { customerLastName: customer.lastName } : {}),
      },
      ...(intent ? { intent } : {}),
      timestamp: at,
    },
    body,
  };
}
