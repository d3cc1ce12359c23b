// A customer's profile as an agent corrects it: attributes of the schema as texts, and back. What is not touched, or only
// seen as a mask, goes back to the hub as it came.

import { list, number, object, text, type Wire } from './read';

/** Values of one attribute, as many as the hub takes. */
export const VALUES_MAX = 10;
/** As the hub masks what somebody may not see. */
const MASK = '*****';
/** The one attribute of many values that need not identify a channel. */
const PHONE_NUMBER = 'phoneNumber';

/** An attribute of the customer schema. */
export interface Attribute {
  key: string;
  label: string;
  help: string;
  type: string;
  pii: boolean;
  required: boolean;
  /** Characters at most. */
  length: number | null;
  /** Has a list of values. */
  many: boolean;
}

export function readAttribute(wire: Wire): Attribute {
  return {
    key: text(wire.key),
    label: text(wire.label),
    help: text(wire.description),
    type: text(wire.type),
    pii: wire.isPii === true,
    required: wire.isRequired === true,
    length: number(wire.length),
    many: wire.isChannelIdentifier === true || wire.key === PHONE_NUMBER,
  };
}

/** Regular expressions by the type they are for. */
export type Patterns = Record<string, RegExp>;

export function readPatterns(rows: Wire[]): Patterns {
  return Object.fromEntries(
    rows.flatMap(({ type, regex }): [string, RegExp][] => {
      try {
        return [[text(type), new RegExp(text(regex))]];
      } catch {
        // A pattern this browser cannot read judges nothing; the hub does.
        return [];
      }
    }),
  );
}

/** Corrections under way. */
export interface Edit {
  /** The customer as he was read, and the version of it. */
  read: Wire;
  etag: string;
  /** What was typed, by key; attributes that were not touched are not in it. */
  typed: Record<string, string[]>;
  /** What somebody else wrote meanwhile where something was typed here, by key. */
  theirs: Record<string, string[]>;
  /** Attributes that are passwords: what is typed there is written down nowhere. */
  secret: string[];
  /** Taken up again after a reload: of the customer only what was there where something was typed is known yet. */
  stale: boolean;
}

export const begun = (read: Wire, etag: string): Edit => ({ read, etag, typed: {}, theirs: {}, secret: [], stale: false });

/** Of corrections under way, what the agent typed and what stood there before. */
export interface KeptEdit {
  typed: Record<string, string[]>;
  before: Record<string, string[]>;
}

/** What is to be kept of corrections; null when that is nothing. */
export function kept({ typed, read, secret }: Edit): KeptEdit | null {
  const own = Object.entries(typed).filter(([key, texts]) => !secret.includes(key) && !same(given(texts), textsOf(read[key])));
  if (own.length === 0) return null;
  return { typed: Object.fromEntries(own), before: Object.fromEntries(own.map(([key]) => [key, textsOf(read[key])])) };
}

/** Corrections as they were kept; [`rebased`] on the customer as he is now, they go on. */
export function takenUp(wire: Wire): Edit {
  const texts = (of: unknown) => Object.fromEntries(Object.entries(object(of)).map(([key, value]) => [key, list(value).map(text)]));
  return { ...begun(texts(wire.before), ''), typed: texts(wire.typed), stale: true };
}

export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? list(value) : [value]).map(text).filter(Boolean);
}

export function isMasked(attribute: Attribute, value: unknown): boolean {
  return attribute.pii && textsOf(value).some((one) => one.includes(MASK));
}

/** What stands in an attribute's fields: one empty field where there is nothing. */
export function fieldsOf({ typed, read }: Edit, { key }: Attribute): string[] {
  const texts = typed[key] ?? textsOf(read[key]);
  return texts.length > 0 ? texts : [''];
}

export function typedAt(edit: Edit, attribute: Attribute, place: number, value: string): Edit {
  return retyped(edit, attribute, fieldsOf(edit, attribute).with(place, value));
}

export function retyped(edit: Edit, { key, type }: Attribute, texts: string[]): Edit {
  const secret = type === 'password' ? [...new Set([...edit.secret, key])] : edit.secret;
  return { ...edit, secret, typed: { ...edit.typed, [key]: texts } };
}

export type Flaw = { is: 'required' } | { is: 'long'; max: number } | { is: 'wrong'; type: string };

/** What is wrong with one of an attribute's fields, if anything. The hub judges again. */
export function flawAt(edit: Edit, attribute: Attribute, place: number, patterns: Patterns): Flaw | null {
  const { key, type, length, required } = attribute;
  if (!edit.typed[key]) return null;
  const fields = fieldsOf(edit, attribute).map((one) => one.trim());
  const given = fields[place] ?? '';
  if (!given) return required && place === 0 && fields.every((one) => !one) ? { is: 'required' } : null;
  if (length !== null && [...given].length > length) return { is: 'long', max: length };
  return patterns[type]?.test(given) === false ? { is: 'wrong', type } : null;
}

export function isFlawless(edit: Edit, schema: Attribute[], patterns: Patterns): boolean {
  return schema.every((attribute) => fieldsOf(edit, attribute).every((_, place) => !flawAt(edit, attribute, place, patterns)));
}

/** Whether anything is different from what was read. */
export function isTouched({ typed, read }: Edit): boolean {
  return Object.entries(typed).some(([key, texts]) => !same(given(texts), textsOf(read[key])));
}

/** The customer as he is written: whole, for what is left out would be gone. */
export function written({ read, typed }: Edit, schema: Attribute[]): Wire {
  const { _id, __v, ...body } = read;
  for (const attribute of schema) {
    const texts = typed[attribute.key];
    if (!texts) continue;
    const values = given(texts);
    if (attribute.many) body[attribute.key] = values;
    else if (values[0] === undefined) delete body[attribute.key];
    else body[attribute.key] = valueOf(attribute, values[0]);
  }
  return body;
}

/** After somebody else's change: his where nothing was typed here, and told beside what was typed. */
export function rebased(edit: Edit, read: Wire, etag: string): Edit {
  const { read: before, typed, theirs } = edit;
  const news = Object.keys(typed).filter((key) => !same(textsOf(before[key]), textsOf(read[key])));
  const told = Object.fromEntries(news.map((key) => [key, textsOf(read[key])]));
  return { ...edit, read, etag, theirs: { ...theirs, ...told }, stale: false };
}

const given = (texts: string[]): string[] => texts.map((one) => one.trim()).filter(Boolean);

const same = (one: string[], other: string[]): boolean => one.length === other.length && one.every((text, place) => text === other[place]);

function valueOf({ type }: Attribute, typed: string): unknown {
  if (type === 'boolean') return typed === 'true';
  return type === 'number' ? (number(typed) ?? typed) : typed;
}
