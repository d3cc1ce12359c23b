// What goes over the socket, as far as it is read or written here. Nothing of it is trusted: whatever is read is looked
// at first.

/** Something with members; what they are has to be found out. */
export type Members = Record<string, unknown>;

/** What a message says; `type` names its shape. */
export type Body = Members & { type: string };

/** One answer of the form before the chat. */
export interface Answer {
  key: string;
  type: 'string';
  value: string | string[];
}

/** Who is writing, as the hub is told with everything. */
export interface Visitor {
  /** What the customer is known by: a phone number, an address, or a number of chance. */
  identifier: string;
  /** The registered form that was filled in. */
  form: string | null;
  answers: Answer[];
}

/** What the hub says: in English, and by a code where it is one of its sentences. */
export interface Reason {
  words: string;
  code: string;
  /** What is put into the sentence, by name. */
  put: Members;
}

export function reason(words: string, why: unknown): Reason {
  const { code, values } = members(why);
  return { words, code: text(code), put: members(values) };
}

export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a member; numbers are written out. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

export function number(value: unknown): number | null {
  const read = typeof value === 'string' && value.trim() ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

/** 128 random bits; `randomUUID` is missing on pages that are not served securely. */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
