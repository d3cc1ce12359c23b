/** Records of the audit trail in words. */

import type { Schema } from '$lib/api/client';
import { kindOf } from '$lib/admin/kinds/all';
import { m } from '$lib/paraglide/messages';

export type AuditRecord = Schema['AuditRecord'];

/** Deeds by what the hub calls them. */
export const DEEDS: Record<string, () => string> = {
  'object.put': m.deed_object_put,
  'object.deleted': m.deed_object_deleted,
  'customer.put': m.deed_customer_put,
  'customer.erased': m.deed_customer_erased,
  'customer.merged': m.deed_customer_merged,
  'customer.unmerged': m.deed_customer_unmerged,
  'customer.read': m.deed_customer_read,
  'customer.played': m.deed_customer_played,
  'conversation.linked': m.deed_conversation_linked,
  'conversation.unlinked': m.deed_conversation_unlinked,
  'conversation.joined': m.deed_conversation_joined,
  'agent.supervised': m.deed_agent_supervised,
  'queue.flushed': m.deed_queue_flushed,
  'deliveries.replayed': m.deed_deliveries_replayed,
  'deliveries.dismissed': m.deed_deliveries_dismissed,
  'session.opened': m.deed_session_opened,
  'session.refused': m.deed_session_refused,
  'second_factor.set': m.deed_second_factor_set,
  'second_factor.removed': m.deed_second_factor_removed,
  'second_factor.recovered': m.deed_second_factor_recovered,
  'permission.refused': m.deed_permission_refused,
  'data.exported': m.deed_data_exported,
};

/** Kinds of registered objects by what the audit trail calls them, with the list each is in. */
export const KINDS: Record<string, string> = {
  channel: 'channels',
  connector: 'connectors',
  provider: 'providers',
  channel_type: 'channel-types',
  widget: 'widgets',
  queue: 'queues',
  routing_attribute: 'skills',
  mrd: 'domains',
  list: 'lists',
  bot: 'bots',
  calendar: 'calendars',
  user: 'users',
  team: 'teams',
  announcement: 'announcements',
  reason_code: 'reasons',
  canned_message: 'canned-messages',
  label: 'labels',
  form: 'forms',
  tenant_settings: 'settings',
  schema_attribute: 'customer-attributes',
};

export function kindName(kind: string): string {
  const key = KINDS[kind];
  return key ? kindOf(key).singular() : m.audit_preferences();
}

/** What a record tells of an object of the registry. */
export function objectOf(record: AuditRecord): { kind: string; id: string; version: number | null } | null {
  if (record.deed !== 'object.put' && record.deed !== 'object.deleted') return null;
  const { kind, id, version } = (record.details ?? {}) as { kind?: string; id?: string; version?: number };
  return kind && id ? { kind, id, version: version ?? null } : null;
}

export function deedName(record: AuditRecord): string {
  const object = objectOf(record);
  if (object?.version === 1) return m.deed_made();
  if (object?.version) return m.deed_changed();
  return DEEDS[record.deed]?.() ?? record.deed;
}

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'danger';
export function deedTone(record: AuditRecord): Tone {
  if (record.deed.endsWith('.refused')) return 'warn';
  if (record.deed === 'object.deleted' || record.deed === 'customer.erased') return 'danger';
  if (objectOf(record)?.version === 1) return 'good';
  return record.deed === 'session.opened' ? 'neutral' : 'accent';
}

export function who(record: AuditRecord): string {
  if (record.by === 'system') return m.audit_system();
  if (record.by === 'stranger') return m.audit_stranger();
  return record.username ?? m.audit_left();
}
