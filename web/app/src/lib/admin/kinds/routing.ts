/** Who gets the work: domains, skills, queues, pull lists, bots. */

import { at, type Values } from '$lib/admin/form/path';
import QueueSteps from '$lib/admin/form/QueueSteps.svelte';
import BotMenu from '$lib/admin/form/BotMenu.svelte';
import { m } from '$lib/paraglide/messages';
import Bot from '@lucide/svelte/icons/bot';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Users from '@lucide/svelte/icons/users-round';
import type { Kind, Part } from './kind';

const named = (object: Values) => String(object.name ?? '');

/** Types of domains, by ids that are the same in every hub. */
export const MEDIA = {
  CHAT: '64f6edf8b89b71cc6cb60917',
  EMAIL: '64f6ee41a8c35e0f7b20d6c3',
  CX_VOICE: '64f6ee2dd49f4e9d7eb5f591',
  CISCO_CC: '64f6ee374776bb029f1174e1',
};

export const domain: Kind = {
  key: 'domains',
  noun: 'media routing domain',
  path: '/routing-engine/media-routing-domains',
  id: 'id',
  resource: 'mrd',
  icon: Layers,
  plural: m.mrds,
  singular: m.mrd,
  lead: m.mrds_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.description(), text: (one) => one.description as string },
    { label: m.tasks_max(), text: (one) => one.maxRequests as number },
  ],
  blank: () => ({ name: '', description: '', type: MEDIA.CHAT, maxRequests: 5, interruptible: false, autoSync: true }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.mrd_name_help() },
        { type: 'number', path: 'maxRequests', label: m.tasks_max(), required: true, min: 1, help: m.tasks_max_help() },
        {
          type: 'select',
          path: 'type',
          label: m.type(),
          required: true,
          choices: Object.entries(MEDIA).map(([label, value]) => ({ value, label })),
        },
        { type: 'area', path: 'description', label: m.description(), rows: 2 },
        { type: 'switch', path: 'autoSync', label: m.mrd_auto_sync(), fallback: true, help: m.mrd_auto_sync_help() },
        { type: 'switch', path: 'interruptible', label: m.mrd_interruptible(), help: m.mrd_interruptible_help() },
      ],
    },
  ],
};

export const routingAttribute: Kind = {
  key: 'skills',
  noun: 'routing attribute',
  path: '/routing-engine/routing-attributes',
  id: 'id',
  resource: 'routing-attribute',
  icon: Sparkles,
  plural: m.skills,
  singular: m.skill,
  lead: m.skills_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.description(), text: (one) => one.description as string },
    { label: m.type(), text: (one) => scales().find(({ value }) => value === one.type)?.label },
  ],
  blank: () => ({ name: '', description: '', type: 'PROFICIENCY_LEVEL', defaultValue: 5 }),
  parts: (one) => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.skill_name_help() },
        { type: 'select', path: 'type', label: m.type(), required: true, choices: scales() },
        {
          type: 'number',
          path: 'defaultValue',
          label: m.default_value(),
          required: true,
          min: one.type === 'BOOLEAN' ? 0 : 1,
          max: one.type === 'BOOLEAN' ? 1 : 10,
          help: m.skill_default_help(),
        },
        { type: 'area', path: 'description', label: m.description(), rows: 2 },
      ],
    },
  ],
};

const scales = () => [
  { value: 'PROFICIENCY_LEVEL', label: m.scale_level() },
  { value: 'BOOLEAN', label: m.scale_boolean() },
];

export const queue: Kind = {
  key: 'queues',
  noun: 'precision queue',
  path: '/routing-engine/precision-queues',
  id: 'id',
  resource: 'queue',
  icon: Users,
  plural: m.queues,
  singular: m.queue,
  lead: m.queues_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.mrd(), text: (one) => at(one, 'mrd.name') as string },
    { label: m.steps(), text: (one) => ((one.steps ?? []) as unknown[]).length },
    { label: m.service_level(), text: (one) => `${String(one.serviceLevelThreshold)} s` },
  ],
  blank: () => ({
    name: '',
    mrd: null,
    serviceLevelType: 1,
    serviceLevelThreshold: 30,
    queuePriority: 5,
    agentSlaDuration: null,
    ewtMinValue: null,
    ewtMaxValue: null,
    steps: [],
  }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true },
        { type: 'ref', path: 'mrd', label: m.mrd(), of: 'domains', as: 'object', required: true, help: m.queue_mrd_help() },
        { type: 'number', path: 'queuePriority', label: m.priority(), min: 1, max: 10, required: true, help: m.queue_priority_help() },
        { type: 'number', path: 'agentSlaDuration', label: m.answer_time(), min: 1, unit: m.seconds(), help: m.answer_time_help() },
      ],
    },
    {
      title: m.steps(),
      lead: m.steps_lead(),
      fields: [{ type: 'own', path: 'steps', label: m.steps(), component: QueueSteps }],
    },
    {
      title: m.service_level(),
      fields: [
        { type: 'number', path: 'serviceLevelThreshold', label: m.service_threshold(), required: true, min: 0, unit: m.seconds(), help: m.service_threshold_help() },
        {
          type: 'select',
          path: 'serviceLevelType',
          label: m.service_type(),
          required: true,
          choices: [
            { value: '1', label: m.service_type_1() },
            { value: '2', label: m.service_type_2() },
            { value: '3', label: m.service_type_3() },
          ],
        },
        { type: 'number', path: 'ewtMinValue', label: m.ewt_min(), min: 0, unit: m.seconds(), help: m.ewt_help() },
        { type: 'number', path: 'ewtMaxValue', label: m.ewt_max(), min: 0, unit: m.seconds(), help: m.ewt_help() },
      ],
    },
  ],
};

export const pullList: Kind = {
  key: 'lists',
  noun: 'pull list',
  path: '/unified-admin/pull-mode-list',
  id: 'id',
  resource: 'pull-mode-list',
  icon: ListChecks,
  plural: m.pull_lists,
  singular: m.pull_list,
  lead: m.pull_lists_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.description(), text: (one) => one.description as string },
  ],
  blank: () => ({ name: '', description: '', agentSlaDuration: null }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true },
        { type: 'number', path: 'agentSlaDuration', label: m.answer_time(), min: 1, unit: m.seconds(), help: m.answer_time_help() },
        { type: 'area', path: 'description', label: m.description(), rows: 2 },
      ],
    },
  ],
};

export const bot: Kind = {
  key: 'bots',
  noun: 'bot',
  path: '/bot-framework/bot-connectors',
  id: 'botId',
  resource: 'bot-settings',
  icon: Bot,
  plural: m.bots,
  singular: m.bot,
  lead: m.bots_lead,
  name: (one) => String(one.botName ?? ''),
  columns: () => [
    { label: m.name(), text: (one) => one.botName as string },
    { label: m.type(), text: (one) => botTypes().find(({ value }) => value === one.botType)?.label ?? String(one.botType) },
    { label: m.address(), text: (one) => one.botUri as string | null },
  ],
  blank: () => ({ botName: '', botType: 'BUILT_IN', botUri: null, greeting: '', timeoutMs: 10000, sendEvents: false, menu: null, model: null }),
  parts: (one) => [
    {
      fields: [
        { type: 'text', path: 'botName', label: m.name(), required: true },
        { type: 'select', path: 'botType', label: m.type(), required: true, choices: botTypes() },
        ...(one.botType === 'BUILT_IN'
          ? ([
              { type: 'area', path: 'greeting', label: m.greeting(), rows: 2, help: m.greeting_help() },
              { type: 'own', path: 'menu', label: m.bot_menu(), help: m.bot_menu_help(), component: BotMenu },
            ] as Part['fields'])
          : ([
              { type: 'text', input: 'url', path: 'botUri', label: m.address(), required: true, help: m.bot_address_help() },
              { type: 'number', path: 'timeoutMs', label: m.bot_timeout(), min: 1, unit: 'ms', help: m.bot_timeout_help() },
              { type: 'switch', path: 'sendEvents', label: m.bot_events(), help: m.bot_events_help() },
            ] as Part['fields'])),
      ],
    },
    ...(one.botType === 'OPENAI'
      ? [
          {
            title: m.language_model(),
            fields: [
              { type: 'text', path: 'model.name', label: m.model_name(), required: true },
              { type: 'text', input: 'password', path: 'model.apiKey', label: m.api_key() },
              { type: 'area', path: 'model.systemPrompt', label: m.system_prompt(), rows: 5 },
            ] as Part['fields'],
          },
        ]
      : []),
  ],
};

const botTypes = () => [
  { value: 'BUILT_IN', label: m.bot_built_in() },
  { value: 'CUSTOM', label: m.bot_custom() },
  { value: 'RASA', label: 'Rasa' },
  { value: 'OPENAI', label: m.bot_open_ai() },
];
