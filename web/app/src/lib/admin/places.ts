/** Where an administrator can go. */

import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import type { Place, PlaceGroup } from '$lib/shell/Shell.svelte';
import Cable from '@lucide/svelte/icons/cable';

/** A place, and what somebody must be allowed to see there. */
interface Guarded extends Place {
  resource: string;
}

export function places(): PlaceGroup[] {
  const groups: { label?: string; places: Guarded[] }[] = [
    { places: [{ href: '/app/admin', label: m.channels(), icon: Cable, key: 'c', resource: 'channel-manager' }] },
  ];
  return groups
    .map(({ places, ...group }) => ({ ...group, places: places.filter(({ resource }) => session.may(resource)) }))
    .filter(({ places }) => places.length > 0);
}
