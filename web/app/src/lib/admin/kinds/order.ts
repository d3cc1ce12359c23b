/** In what order objects of a kind stand in lists and among choices. */

import type { Values } from '$lib/admin/form/path';
import type { Kind } from './kind';

const compare = new Intl.Collator(undefined, { numeric: true }).compare;

/** By the kind's own order, then by name. */
export function inOrder({ name, order = () => 0 }: Pick<Kind, 'name' | 'order'>, rows: Values[]): Values[] {
  return rows.toSorted((a, b) => order(a) - order(b) || compare(name(a), name(b)));
}
