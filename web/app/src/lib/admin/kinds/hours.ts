/** When people are there. */

import CalendarEvents from '$lib/admin/form/CalendarEvents.svelte';
import type { Values } from '$lib/admin/form/path';
import { m } from '$lib/paraglide/messages';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import type { Kind } from './kind';

const named = (object: Values) => String(object.name ?? '');
/** Browsers leave out the one that belongs to no place. */
const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])];

export const calendar: Kind = {
  key: 'calendars',
  noun: 'business calendar',
  path: '/business-calendar/calendars',
  id: 'id',
  resource: 'business-calendar',
  icon: CalendarDays,
  plural: m.calendars,
  singular: m.calendar,
  lead: m.calendars_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.time_zone(), text: (one) => one.timeZone as string },
    { label: m.hours_and_days(), text: (one) => ((one.events ?? []) as unknown[]).length },
  ],
  blank: () => ({
    name: '',
    description: '',
    color: '#3d53d0',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    events: [],
  }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true },
        { type: 'pick', path: 'timeZone', label: m.time_zone(), required: true, choices: zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })), help: m.time_zone_help() },
        { type: 'area', path: 'description', label: m.description(), rows: 2 },
        { type: 'own', path: 'events', label: m.hours_and_days(), help: m.hours_and_days_help(), component: CalendarEvents },
      ],
    },
  ],
};
