/** What differs between two versions of an object, member by member. */

import type { Values } from '$lib/admin/form/path';
import type { Part } from '$lib/admin/kinds/kind';

export interface Difference {
  path: string;
  before: string;
  after: string;
}

/** Members that are there in one of them only, or have another value. */
export function differences(before: Values, after: Values): Difference[] {
  const [old, present] = [flat(before), flat(after)];
  const paths = [...new Set([...old.keys(), ...present.keys()])].sort();
  return paths
    .map((path) => ({ path, before: old.get(path) ?? '', after: present.get(path) ?? '' }))
    .filter((one) => one.before !== one.after);
}

function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.length > 0) {
    value.forEach((item, place) => flat(item, `${path}[${place}]`, into));
  } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inside] of Object.entries(value)) flat(inside, path ? `${path}.${key}` : key, into);
  } else if (value !== null && value !== undefined && value !== '' && !Array.isArray(value)) {
    into.set(path, String(value));
  }
  return into;
}

/** A member as the form calls it; what is inside a field, by the field and where in it. */
export function memberName(parts: Part[], path: string): string {
  const fields = parts.flatMap((part) => part.fields);
  const field = fields.find((one) => path === one.path || path.startsWith(`${one.path}.`) || path.startsWith(`${one.path}[`));
  if (!field) return path;
  const inside = path.slice(field.path.length).replace(/^\./, '');
  return inside ? `${field.label} · ${inside}` : field.label;
}
