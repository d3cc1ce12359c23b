// Reading what comes over the wire: whatever is missing or of another kind becomes something harmless.

import type { Said } from '$lib/api/refusal';

export type Wire = Record<string, unknown>;

export function object(value: unknown): Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : {};
}

export function objectOrNull(value: unknown): Wire | null {
  const found = object(value);
  return found === value ? found : null;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): Wire[] {
  return list(value).filter((one) => object(one) === one) as Wire[];
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function textOrNull(value: unknown): string | null {
  return text(value) || null;
}

/** What the hub says in English, and by its code. */
export function readSaid(words: unknown, why: unknown): Said {
  const of = object(why);
  const code = text(of.code);
  return { words: text(words), why: code ? { code, values: object(of.values) } : null };
}

export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(read) ? read : null;
}

/** Something along a path of members. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inside, member) => object(inside)[member], value);
}

/** What was written as JSON, or is an object already. */
export function parsed(value: unknown): Wire {
  if (typeof value !== 'string') return object(value);
  try {
    return object(JSON.parse(value));
  } catch {
    return {};
  }
}
