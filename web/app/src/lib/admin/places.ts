/** Where an administrator can go. */

import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import type { Place, PlaceGroup } from '$lib/shell/Shell.svelte';
import { KINDS, kindOf } from './kinds/all';

/** Keys pressed after `g`, by kind. */
const PRESSED: Record<string, string> = { channels: 'c', queues: 'q', users: 'u' };

const GROUPS: [label: () => string, kinds: string[]][] = [
  [m.group_channels, ['channels', 'connectors', 'providers', 'channel-types']],
  [m.group_routing, ['queues', 'skills', 'domains', 'lists', 'bots', 'calendars']],
  [m.group_customers, ['customer-attributes']],
];

export function places(): PlaceGroup[] {
  return GROUPS.map(([label, kinds]) => ({
    label: label(),
    places: kinds.filter((key) => session.may(kindOf(key).resource)).map(place),
  })).filter(({ places }) => places.length > 0);
}

function place(key: string): Place {
  const kind = kindOf(key);
  const pressed = PRESSED[key];
  return { href: `/app/admin/${key}`, label: kind.plural(), icon: kind.icon, ...(pressed ? { key: pressed } : {}) };
}

/** The first place somebody may see. */
export function firstPlace(): string {
  const kind = KINDS.find((kind) => session.may(kind.resource));
  return `/app/admin/${kind?.key ?? 'channels'}`;
}
