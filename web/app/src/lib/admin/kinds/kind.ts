/**
 * A kind of registered object, described: where it is served, how its list and its form look. The pages are the same
 * for all kinds.
 */

import type { Values } from '$lib/admin/form/path';
import { m } from '$lib/paraglide/messages';
import { getLocale } from '$lib/paraglide/runtime';
import type { Choice } from '$lib/ui/Select.svelte';
import type { Component } from 'svelte';

export interface Kind {
  /** In addresses: `/app/admin/channels`. */
  key: string;
  /** As the hub calls it when one is in the way. */
  noun: string;
  path: string;
  /** The member that holds the id. */
  id: string;
  resource: string;
  icon: Component<{ class?: string }>;
  plural: () => string;
  singular: () => string;
  lead: () => string;
  name: (object: Values) => string;
  /** What lists are in the order of before the name, smallest first. */
  order?: (object: Values) => number;
  /** Where people put them in an order of their own, as a list of all ids. */
  ordered?: string;
  columns: () => KindColumn[];
  /** What a new one starts from. */
  blank: () => Values;
  parts: (values: Values) => Part[];
  /** There may be thousands: the hub finds those that are wanted. */
  many?: boolean;
  /** There is one, which is neither made nor deleted. */
  fixed?: boolean;
  /** What it was and what names it is not asked of the hub. */
  unremembered?: boolean;
}

/** That there is none of a kind, whose name begins a heading but not a word in a sentence. */
export const noneYet = (plural: string): string => m.none_yet({ kind: plural.toLocaleLowerCase(getLocale()) });

export interface KindColumn {
  label: string;
  text: (object: Values) => string | number | null | undefined;
  /** The text is a colour, which is shown beside it. */
  isColour?: boolean;
  tone?: (object: Values) => 'neutral' | 'accent' | 'good' | 'warn' | 'danger';
}

/** Fields that belong together. */
export interface Part {
  title?: string;
  lead?: string;
  /** What is in it has defaults that do for most: it is folded where somebody is led from step to step. */
  hasDefaults?: boolean;
  fields: Field[];
}

interface Base {
  path: string;
  label: string;
  /** What it does, its default, what is allowed. */
  help?: string;
  required?: boolean;
  /** Only when it is made; later it stays. */
  once?: boolean;
  /** Takes the whole width. */
  wide?: boolean;
}

/** How something chosen stands in the object: by its id, as an object with its id, or by its name. */
export type Reference = 'id' | 'object' | 'name';

export type Field = Base &
  (
    | { type: 'text'; input?: 'text' | 'url' | 'email' | 'password' | 'color' | 'date' | 'datetime-local' }
    | { type: 'area'; rows?: number }
    | { type: 'moment' }
    | { type: 'number'; min?: number; max?: number; unit?: string }
    | { type: 'switch'; fallback?: boolean }
    | { type: 'select'; choices: Choice[]; none?: string }
    | { type: 'pick'; choices: Choice[] }
    | { type: 'words' }
    | { type: 'ref'; of: string; as: Reference; none?: string; only?: (object: Values) => boolean }
    | { type: 'refs'; of: string; as: Reference }
    | { type: 'checks'; choices: Choice[] }
    | { type: 'own'; component: Component<OwnProps> }
  );

/** What a field with an editor of its own is given. */
export interface OwnProps {
  /** The whole object; the editor changes what is its own. */
  values: Values;
  field: Field;
  error: string | undefined;
  /** What is wrong at a path inside the field. */
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
}
