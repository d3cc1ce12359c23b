/** What agents choose from at their desks, and how desks work. */

import Thresholds from '$lib/admin/form/Thresholds.svelte';
import Pauses from '$lib/admin/form/Pauses.svelte';
import FormSections from '$lib/admin/form/FormSections.svelte';
import type { Values } from '$lib/admin/form/path';
import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Settings from '@lucide/svelte/icons/settings';
import Tag from '@lucide/svelte/icons/tag';
import TextQuote from '@lucide/svelte/icons/text-quote';
import type { Kind } from './kind';
import { roles } from './people';

const named = (object: Values) => String(object.name ?? '');

const purposes = () => [
  { value: 'NOT_READY', label: m.reason_not_ready() },
  { value: 'LOGOUT', label: m.reason_logout() },
  { value: 'CALLBACK', label: m.reason_callback() },
];

export const reasonCode: Kind = {
  key: 'reasons',
  noun: 'reason code',
  path: '/unified-admin/reasons',
  id: 'id',
  resource: 'reason-code',
  icon: CircleHelp,
  plural: m.reason_codes,
  singular: m.reason_code,
  lead: m.reason_codes_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.type(), text: (one) => purposes().find(({ value }) => value === one.type)?.label },
    { label: m.code(), text: (one) => one.code as number },
  ],
  blank: () => ({ name: '', type: 'NOT_READY', code: 0, description: '' }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true },
        { type: 'select', path: 'type', label: m.type(), required: true, choices: purposes() },
        { type: 'number', path: 'code', label: m.code(), min: 0, help: m.code_help() },
        { type: 'text', path: 'description', label: m.description() },
      ],
    },
  ],
};

export const label: Kind = {
  key: 'labels',
  noun: 'label',
  path: '/cim-customer/label',
  id: '_id',
  resource: 'customer-labels',
  icon: Tag,
  plural: m.labels,
  singular: m.label_one,
  lead: m.labels_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.colour(), text: (one) => one.colorCode as string },
    { label: m.priority(), text: (one) => one.priority as number | null },
  ],
  blank: () => ({ name: '', colorCode: '#3d53d0', priority: null, createdBy: session.person?.username ?? '' }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.mrd_name_help() },
        { type: 'text', input: 'color', path: 'colorCode', label: m.colour() },
        { type: 'number', path: 'priority', label: m.priority(), min: 1, max: 10, help: m.label_priority_help() },
      ],
    },
  ],
};

export const cannedMessage: Kind = {
  key: 'canned-messages',
  noun: 'canned message',
  path: '/unified-admin/canned-messages',
  id: 'id',
  resource: 'agent-desk-setting',
  icon: TextQuote,
  plural: m.canned_messages,
  singular: m.canned_message,
  lead: m.canned_messages_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.language(), text: (one) => one.language as string },
    { label: m.category(), text: (one) => one.category as string },
    { label: m.text(), text: (one) => one.text as string },
  ],
  blank: () => ({ name: '', language: 'en', category: '', text: '' }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.canned_name_help() },
        { type: 'text', path: 'language', label: m.language(), help: m.canned_language_help() },
        { type: 'text', path: 'category', label: m.category() },
        { type: 'area', path: 'text', label: m.text(), rows: 5, required: true, help: m.canned_text_help() },
      ],
    },
  ],
};

export const form: Kind = {
  key: 'forms',
  noun: 'form',
  path: '/unified-admin/forms',
  id: 'id',
  resource: 'forms',
  icon: ClipboardList,
  plural: m.forms,
  singular: m.form,
  lead: m.forms_lead,
  name: (one) => String(one.formTitle ?? ''),
  columns: () => [
    { label: m.title(), text: (one) => one.formTitle as string },
    { label: m.description(), text: (one) => one.formDescription as string },
    { label: m.questions(), text: (one) => ((one.attributes ?? []) as unknown[]).length },
  ],
  blank: () => ({ formTitle: '', formDescription: '', sections: [{ attributes: [] }] }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'formTitle', label: m.title(), required: true },
        { type: 'text', path: 'formDescription', label: m.description() },
        { type: 'own', path: 'sections', label: m.questions(), component: FormSections },
      ],
    },
  ],
};

export const settings: Kind = {
  key: 'settings',
  noun: 'settings',
  path: '/unified-admin/general-settings',
  id: 'id',
  resource: 'general-settings',
  icon: Settings,
  plural: m.settings,
  singular: m.settings,
  lead: m.settings_lead,
  name: () => m.settings(),
  columns: () => [{ label: m.name(), text: () => m.settings() }],
  blank: () => ({}),
  fixed: true,
  unremembered: true,
  parts: () => [
    {
      title: m.wrap_up(),
      fields: [
        { type: 'switch', path: 'wrapUp.enabled', label: m.wrap_up(), help: m.wrap_up_help() },
        { type: 'number', path: 'wrapUp.seconds', label: m.wrap_up_time(), min: 1, max: 3600, unit: m.seconds(), help: m.wrap_up_time_help() },
        { type: 'switch', path: 'wrapUpTakesCapacity', label: m.wrap_up_capacity(), help: m.wrap_up_capacity_help() },
      ],
    },
    {
      title: m.at_the_desk(),
      fields: [
        { type: 'switch', path: 'reasonRequired', label: m.reason_required(), help: m.reason_required_help() },
        { type: 'own', path: 'pauses', label: m.pauses(), help: m.pauses_help(), component: Pauses },
        { type: 'switch', path: 'desk.isMessageFormattingEnabled', label: m.desk_formatting() },
        { type: 'switch', path: 'desk.isFileSharingEnabled', label: m.desk_files() },
        { type: 'switch', path: 'desk.isEmojisEnabled', label: m.desk_emoji() },
        { type: 'switch', path: 'desk.isConversationParticipantsEnabled', label: m.desk_participants() },
        { type: 'switch', path: 'desk.isAutoAnswerEnabled', label: m.desk_auto_answer(), help: m.desk_auto_answer_help() },
        { type: 'switch', path: 'desk.isOutboundSmsEnabled', label: m.desk_sms() },
        { type: 'switch', path: 'desk.isOutboundSmsSendandClose', label: m.desk_sms_close() },
        { type: 'text', path: 'desk.prefixCode', label: m.desk_prefix(), help: m.desk_prefix_help() },
      ],
    },
    {
      title: m.security(),
      fields: [{ type: 'checks', path: 'security.secondFactorFor', label: m.second_factor_for(), choices: roles(), help: m.second_factor_for_help() }],
    },
    {
      title: m.thresholds(),
      lead: m.thresholds_lead(),
      fields: [
        { type: 'own', path: 'agentThresholds', label: m.agent_thresholds(), help: m.agent_thresholds_help(), component: Thresholds },
        { type: 'own', path: 'customerThresholds', label: m.customer_thresholds(), help: m.customer_thresholds_help(), component: Thresholds },
      ],
    },
  ],
};
