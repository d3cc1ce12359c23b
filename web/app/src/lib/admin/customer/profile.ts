/** Customers as the schema describes them: what their form asks, what is sent back, by what they are found. */

import type { Values } from '$lib/admin/form/path';
import type { Field, Part } from '$lib/admin/kinds/kind';
import { m } from '$lib/paraglide/messages';

/** Longer texts are written in a field of several lines. */
const LINE_CHARS_MAX = 255;
/** Terms a filter may have; a label and whether he is known take two. */
const SOUGHT_MAX = 18;
const UNKEPT = ['_id', '__v', 'isAnonymous'];
/** As the hub's schema has it: an array whether or not it identifies a channel. */
const PHONE_NUMBER = 'phoneNumber';

/** Attributes of the schema in the order an administrator gave them. */
export function inOrder(schema: Values[]): Values[] {
  return [...schema].sort((a, b) => Number(a.sortOrder ?? 0) - Number(b.sortOrder ?? 0));
}

export function nameOf(customer: Values): string {
  return [customer.firstName, customer.lastName].filter(Boolean).join(' ') || m.desk_somebody();
}

/** What a customer is known by on channels, and his numbers. */
export function addressesOf(customer: Values, schema: Values[]): string[] {
  return inOrder(schema)
    .filter(hasMany)
    .flatMap(({ key }) => (customer[String(key)] ?? []) as string[]);
}

/** The form of a customer: who he is, how he is recognised, what he is marked with if there are labels. */
export function partsOf(schema: Values[], isLabelled: boolean): Part[] {
  const all = inOrder(schema);
  const [known, recognised] = [all.filter((one) => !one.isChannelIdentifier), all.filter((one) => one.isChannelIdentifier)];
  return [
    { fields: known.map(fieldOf) },
    ...(recognised.length > 0 ? [{ title: m.customer_identifiers(), lead: m.customer_identifiers_lead(), fields: recognised.map(fieldOf) }] : []),
    ...(isLabelled ? [{ fields: [{ type: 'refs', path: 'labels', label: m.labels(), help: m.customer_labels_help(), of: 'labels', as: 'id' }] } satisfies Part] : []),
  ];
}

function fieldOf(attribute: Values): Field {
  const channels = (attribute.channelTypes ?? []) as string[];
  const help = [
    attribute.description,
    channels.length > 0 && m.customer_recognised_on({ channels: channels.join(', ') }),
    attribute.isPii && m.customer_personal(),
  ];
  const base = {
    path: String(attribute.key),
    label: String(attribute.label),
    help: help.filter(Boolean).join(' '),
    required: attribute.isRequired === true,
  };
  if (hasMany(attribute)) return { ...base, type: 'words' };
  switch (attribute.type) {
    case 'boolean':
      return { ...base, type: 'select', none: m.none(), choices: [{ value: 'true', label: m.yes() }, { value: 'false', label: m.no() }] };
    case 'email':
    case 'url':
    case 'password':
      return { ...base, type: 'text', input: attribute.type };
    default:
      return Number(attribute.length) > LINE_CHARS_MAX ? { ...base, type: 'area' } : { ...base, type: 'text' };
  }
}

const hasMany = (attribute: Values): boolean => attribute.isChannelIdentifier === true || attribute.key === PHONE_NUMBER;

/** What a new customer starts from: the schema's defaults, but no address, which would be somebody else's. */
export function blankOf(schema: Values[]): Values {
  const plain = schema.filter((one) => !hasMany(one) && one.isRequired && one.defaultValue !== null);
  return { ...Object.fromEntries(plain.map((one) => [String(one.key), one.defaultValue])), labels: [] };
}

/** What is sent of what a form holds. */
export function sent(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !UNKEPT.includes(key)));
}

export interface Sought {
  words: string;
  label: string;
  /** Only who is known, only who is not, or both. */
  known: '' | 'known' | 'anonymous';
}

/** As `filter` wants it; null for everybody. Who sees masks cannot search what is behind them. */
export function filterOf({ words, label, known }: Sought, schema: Values[], seesPersonal: boolean): string | null {
  const value = words.trim();
  const fields = inOrder(schema).filter(
    (one) => (one.isSearchAble || one.isChannelIdentifier) && (seesPersonal || !one.isPii) && !['boolean', 'password'].includes(String(one.type)),
  );
  const terms = [
    ...(value ? [{ or: fields.slice(0, SOUGHT_MAX).map(({ key }) => ({ field: key, operator: 'contains', value })) }] : []),
    ...(label ? [{ field: 'labels', operator: 'equalTo', value: label }] : []),
    ...(known ? [{ field: 'isAnonymous', operator: 'equalTo', value: String(known === 'anonymous') }] : []),
  ];
  return terms.length > 0 ? JSON.stringify({ and: terms }) : null;
}
