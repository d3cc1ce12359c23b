/** What roles may do, in words. */

import type { Schema } from '$lib/api/client';
import { m } from '$lib/paraglide/messages';
import type { Level } from '$lib/session/session.svelte';

export type RolePermissions = Schema['RolePermissions'];

/** What is protected, in the order people look for it. */
export const RESOURCES: [resource: string, label: () => string][] = [
  ['channel-manager', m.may_channels],
  ['web-widget', m.widgets],
  ['bot-settings', m.bots],
  ['queue', m.queues],
  ['routing-attribute', m.skills],
  ['agent-attributes', m.may_skills_of_agents],
  ['mrd', m.mrds],
  ['agent-mrd', m.may_work_of_agents],
  ['pull-mode-list', m.pull_lists],
  ['subscribed-list', m.may_requests_on_lists],
  ['business-calendar', m.calendars],
  ['users', m.may_accounts],
  ['teams', m.may_teams],
  ['reason-code', m.reason_codes],
  ['agent-desk-setting', m.canned_messages],
  ['forms', m.forms],
  ['general-settings', m.settings],
  ['customers', m.customers],
  ['customer-labels', m.labels],
  ['customer-schema', m.customer_attributes],
  ['conversations', m.conversations],
  ['reports', m.may_figures],
  ['deliveries', m.may_deliveries],
  ['audit', m.audit],
];

export function level({ permissions }: RolePermissions, resource: string): { tone?: 'accent' | 'good'; text: string } | null {
  switch ((permissions as Record<string, Level>)[resource]) {
    case 'manage':
      return { tone: 'good', text: m.may_manage() };
    case 'manage_own_team':
      return { tone: 'accent', text: m.may_manage_own_teams() };
    case 'view':
      return { text: m.may_view() };
    default:
      return null;
  }
}
