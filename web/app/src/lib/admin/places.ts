/** Where an administrator can go. */

import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import type { Place, PlaceGroup } from '$lib/shell/Shell.svelte';
import Activity from '@lucide/svelte/icons/activity';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Contact from '@lucide/svelte/icons/contact-round';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import MailX from '@lucide/svelte/icons/mail-x';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Smartphone from '@lucide/svelte/icons/smartphone';
import Telescope from '@lucide/svelte/icons/telescope';
import { kindOf } from './kinds/all';

/** Keys pressed after `g`, by kind. */
const PRESSED: Record<string, string> = { channels: 'c', queues: 'q', users: 'u' };

const GROUPS: [label: () => string, kinds: string[]][] = [
  [m.group_channels, ['channels', 'connectors', 'providers', 'channel-types', 'widgets']],
  [m.group_routing, ['queues', 'skills', 'domains', 'lists', 'bots', 'calendars']],
  [m.group_people, ['users', 'roles', 'teams', 'announcements']],
  [m.desk, ['reasons', 'canned-messages', 'labels', 'forms', 'settings']],
  [m.group_customers, ['customers', 'customer-attributes']],
];

/** Pictures of the work: as it goes, as it went. */
const reports = (): (Place & { resource: string })[] => [
  { href: '/app/admin/live', label: m.live(), icon: Activity, key: 'v', resource: 'reports' },
  { href: '/app/admin/reports', label: m.reports(), icon: ChartColumn, key: 'r', resource: 'reports' },
  { href: '/app/admin/dry-run', label: m.dry_run(), icon: FlaskConical, key: 'y', resource: 'reports' },
];

/** Places that are no lists of objects. */
const operation = (): (Place & { resource: string })[] => [
  { href: '/app/admin/inspector', label: m.inspector(), icon: Telescope, key: 'i', resource: 'conversations' },
  ...(session.may('channel-manager', 'manage')
    ? [{ href: '/app/admin/simulator', label: m.simulator(), icon: Smartphone, key: 'p', resource: 'conversations' }]
    : []),
  { href: '/app/admin/dead-letters', label: m.dead_letters(), icon: MailX, key: 'l', resource: 'deliveries' },
  { href: '/app/admin/health', label: m.connector_health(), icon: HeartPulse, key: 'h', resource: 'deliveries' },
  { href: '/app/admin/audit', label: m.audit(), icon: ScrollText, key: 'a', resource: 'audit' },
];

export function places(): PlaceGroup[] {
  const lists = GROUPS.map(([label, kinds]) => ({
    label: label(),
    places: kinds.flatMap((key) => OTHERS[key]?.() ?? registered(key)),
  }));
  const pictures = { label: m.group_reports(), places: reports().filter(({ resource }) => session.may(resource)) };
  const others = { label: m.group_operation(), places: operation().filter(({ resource }) => session.may(resource)) };
  const home = { places: [{ href: '/app/admin', label: m.home(), icon: House, key: 'o', alone: true }] };
  return [home, ...lists, pictures, others].filter(({ places }) => places.length > 0);
}

/** Customers are none of the registry's objects: there are more of them than a list is read whole. */
function customers(): Place[] {
  return session.may('customers') ? [{ href: '/app/admin/customers', label: m.customers(), icon: Contact, key: 'k' }] : [];
}

/** Roles are fixed. */
function fixedRoles(): Place[] {
  return session.may('users') ? [{ href: '/app/admin/roles', label: m.roles(), icon: KeyRound }] : [];
}

const OTHERS: Record<string, () => Place[]> = { customers, roles: fixedRoles };

function registered(key: string): Place[] {
  const kind = kindOf(key);
  if (!session.may(kind.resource)) return [];
  const pressed = PRESSED[key];
  return [{ href: `/app/admin/${key}`, label: kind.plural(), icon: kind.icon, ...(pressed ? { key: pressed } : {}) }];
}
