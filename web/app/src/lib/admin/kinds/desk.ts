/** What agents choose from at their desks. */

import FormSections from '$lib/admin/form/FormSections.svelte';
import type { Values } from '$lib/admin/form/path';
import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Tag from '@lucide/svelte/icons/tag';
import TextQuote from '@lucide/svelte/icons/text-quote';
import type { Kind } from './kind';

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
    { label: m.colour(), text: (one) => one.colorCode as string, isColour: true },
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
