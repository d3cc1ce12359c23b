/** What the five steps of connecting a channel register. */

import ConnectorValues from '$lib/admin/form/ConnectorValues.svelte';
import Logo from '$lib/admin/form/Logo.svelte';
import { at, type Values } from '$lib/admin/form/path';
import SchemaRows from '$lib/admin/form/SchemaRows.svelte';
import { m } from '$lib/paraglide/messages';
import Cable from '@lucide/svelte/icons/cable';
import Fingerprint from '@lucide/svelte/icons/fingerprint-pattern';
import Plug from '@lucide/svelte/icons/plug';
import Radio from '@lucide/svelte/icons/radio-tower';
import Shapes from '@lucide/svelte/icons/shapes';
import type { Kind, Part } from './kind';

const named = (object: Values) => String(object.name ?? '');
const POLICY = 'channelConfig.routingPolicy';

export const channelType: Kind = {
  key: 'channel-types',
  noun: 'channel type',
  path: '/ccm/channel-types',
  id: 'id',
  resource: 'channel-manager',
  icon: Shapes,
  plural: m.channel_types,
  singular: m.channel_type,
  lead: m.channel_types_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.interactive(), text: (type) => (type.isInteractive ? m.yes() : m.no()) },
  ],
  blank: () => ({ name: '', isInteractive: true, mediaRoutingDomain: null, channelLogo: null }),
  parts: (type) => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.channel_type_name_help() },
        { type: 'ref', path: 'mediaRoutingDomain', label: m.mrd(), of: 'domains', as: 'id', required: !!type.isInteractive, help: m.channel_type_mrd_help() },
        { type: 'switch', path: 'isInteractive', label: m.interactive(), help: m.interactive_help() },
        { type: 'own', path: 'channelLogo', label: m.logo(), help: m.logo_help(), component: Logo },
      ],
    },
  ],
};

export const provider: Kind = {
  key: 'providers',
  noun: 'channel provider',
  path: '/ccm/channel-provider-interfaces',
  id: 'id',
  resource: 'channel-manager',
  icon: Radio,
  plural: m.providers,
  singular: m.provider,
  lead: m.providers_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.webhook(), text: (one) => (one.providerWebhook as string | null) ?? m.event_feed() },
    { label: m.channel_types(), text: (one) => ((one.supportedChannelTypes ?? []) as Values[]).map(named).join(', ') },
  ],
  blank: () => ({ name: '', providerWebhook: '', supportedChannelTypes: [], channelProviderConfigSchema: [] }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.provider_name_help() },
        { type: 'text', input: 'url', path: 'providerWebhook', label: m.webhook(), help: m.webhook_help() },
        { type: 'refs', path: 'supportedChannelTypes', label: m.channel_types(), of: 'channel-types', as: 'object', help: m.provider_types_help() },
        { type: 'own', path: 'channelProviderConfigSchema', label: m.provider_schema(), help: m.provider_schema_help(), component: SchemaRows },
      ],
    },
  ],
};

export const connector: Kind = {
  key: 'connectors',
  noun: 'channel connector',
  path: '/ccm/channel-connectors',
  id: 'id',
  resource: 'channel-manager',
  icon: Plug,
  plural: m.connectors,
  singular: m.connector,
  lead: m.connectors_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.provider(), text: (one) => at(one, 'channelProviderInterface.name') as string },
  ],
  blank: () => ({ name: '', channelProviderInterface: null, channelProviderConfigs: [], openTo: [] }),
  parts: () => [
    {
      fields: [
        { type: 'text', path: 'name', label: m.name(), required: true, help: m.connector_name_help() },
        { type: 'ref', path: 'channelProviderInterface', label: m.provider(), of: 'providers', as: 'object', required: true, help: m.connector_provider_help() },
        { type: 'own', path: 'channelProviderConfigs', label: m.connector_values(), component: ConnectorValues },
      ],
    },
    {
      title: m.access_by_address(),
      hasDefaults: true,
      lead: m.access_by_address_lead(),
      fields: [{ type: 'words', path: 'openTo', label: m.networks(), help: m.networks_help() }],
    },
  ],
};

export const channel: Kind = {
  key: 'channels',
  noun: 'channel',
  path: '/ccm/channels',
  id: 'id',
  resource: 'channel-manager',
  icon: Cable,
  plural: m.channels,
  singular: m.channel,
  lead: m.channels_lead,
  name: named,
  columns: () => [
    { label: m.name(), text: named },
    { label: m.service_identifier(), text: (one) => one.serviceIdentifier as string },
    { label: m.channel_type(), text: (one) => at(one, 'channelType.name') as string },
    { label: m.connector(), text: (one) => at(one, 'channelConnector.name') as string },
    { label: m.mode(), text: (one) => modes().find(({ value }) => value === at(one, 'channelConfig.channelMode'))?.label },
    { label: m.state(), text: (one) => (one.enabled === false ? m.off() : m.on()), tone: (one) => (one.enabled === false ? 'neutral' : 'good') },
  ],
  blank: () => ({
    name: '',
    serviceIdentifier: '',
    enabled: true,
    defaultOutbound: false,
    channelType: null,
    channelConnector: null,
    calendarId: null,
    outOfHours: { action: 'ROUTE', message: '' },
    channelConfig: {
      channelMode: 'HYBRID',
      botId: null,
      responseSla: 30,
      customerActivityTimeout: 600,
      routingPolicy: {
        routingMode: 'PUSH',
        routingObjectId: null,
        agentSelectionPolicy: 'LONGEST_AVAILABLE',
        routeToLastAgent: false,
        agentRequestTtl: 600,
        announceWait: false,
        onlyWhenStaffed: false,
        whenNobodyCame: 'MESSAGE',
        nobodyCameQueueId: null,
      },
    },
  }),
  parts: (one) => [where(one), who(one), ...(at(one, 'channelConfig.channelMode') === 'BOT' ? [] : [routing(one)]), hours(one)],
};

export const modes = () => [
  { value: 'HYBRID', label: m.mode_hybrid(), hint: m.mode_hybrid_hint() },
  { value: 'BOT', label: m.mode_bot(), hint: m.mode_bot_hint() },
  { value: 'AGENT', label: m.mode_agent(), hint: m.mode_agent_hint() },
];

function where(one: Values): Part {
  const type = at(one, 'channelType.id');
  return {
    title: m.channel_where(),
    fields: [
      { type: 'text', path: 'name', label: m.name(), required: true, help: m.channel_name_help() },
      { type: 'text', path: 'serviceIdentifier', label: m.service_identifier(), required: true, help: m.service_identifier_help() },
      { type: 'ref', path: 'channelType', label: m.channel_type(), of: 'channel-types', as: 'object', required: true },
      {
        type: 'ref',
        path: 'channelConnector',
        label: m.connector(),
        of: 'connectors',
        as: 'object',
        required: true,
        help: m.channel_connector_help(),
        only: (candidate) =>
          !type || ((at(candidate, 'channelProviderInterface.supportedChannelTypes') ?? []) as Values[]).some(({ id }) => id === type),
      },
      { type: 'switch', path: 'enabled', label: m.enabled(), fallback: true, help: m.channel_enabled_help() },
      { type: 'switch', path: 'defaultOutbound', label: m.default_outbound(), help: m.default_outbound_help() },
    ],
  };
}

function who(one: Values): Part {
  const mode = at(one, 'channelConfig.channelMode');
  return {
    title: m.channel_who(),
    hasDefaults: true,
    fields: [
      { type: 'select', path: 'channelConfig.channelMode', label: m.mode(), required: true, choices: modes(), help: m.mode_help() },
      { type: 'ref', path: 'channelConfig.botId', label: m.bot(), of: 'bots', as: 'id', required: mode !== 'AGENT', none: m.none(), help: m.channel_bot_help() },
      { type: 'number', path: 'channelConfig.customerActivityTimeout', label: m.inactivity(), required: true, min: 1, unit: m.seconds(), help: m.inactivity_help() },
    ],
  };
}

function routing(one: Values): Part {
  const mode = at(one, `${POLICY}.routingMode`);
  const pushed = mode === 'PUSH';
  const then = at(one, `${POLICY}.whenNobodyCame`);
  return {
    title: m.channel_routing(),
    hasDefaults: true,
    fields: [
      {
        type: 'select',
        path: `${POLICY}.routingMode`,
        label: m.routing_mode(),
        required: true,
        help: m.routing_mode_help(),
        choices: [
          { value: 'PUSH', label: m.routing_push() },
          { value: 'PULL', label: m.routing_pull() },
          { value: 'EXTERNAL', label: m.routing_external() },
        ],
      },
      ...(pushed
        ? ([
            { type: 'ref', path: `${POLICY}.routingObjectId`, label: m.queue(), of: 'queues', as: 'id', required: true, help: m.channel_queue_help() },
            { type: 'number', path: 'channelConfig.responseSla', label: m.ring_time(), required: true, min: 1, unit: m.seconds(), help: m.ring_time_help() },
            { type: 'number', path: `${POLICY}.agentRequestTtl`, label: m.request_ttl(), required: true, min: 2, unit: m.seconds(), help: m.request_ttl_help() },
            {
              type: 'select',
              path: `${POLICY}.agentSelectionPolicy`,
              label: m.selection(),
              required: true,
              help: m.selection_help(),
              choices: [
                { value: 'LONGEST_AVAILABLE', label: m.selection_longest() },
                { value: 'LEAST_SKILLED', label: m.selection_least() },
                { value: 'MOST_SKILLED', label: m.selection_most() },
              ],
            },
            {
              type: 'select',
              path: `${POLICY}.whenNobodyCame`,
              label: m.nobody_came(),
              required: true,
              help: m.nobody_came_help(),
              choices: [
                { value: 'MESSAGE', label: m.nobody_came_message() },
                { value: 'KEEP_WAITING', label: m.nobody_came_wait() },
                { value: 'QUEUE', label: m.nobody_came_queue() },
              ],
            },
            ...(then === 'QUEUE'
              ? [{ type: 'ref', path: `${POLICY}.nobodyCameQueueId`, label: m.nobody_came_which(), of: 'queues', as: 'id', required: true }]
              : []),
            { type: 'switch', path: `${POLICY}.routeToLastAgent`, label: m.last_agent(), help: m.last_agent_help() },
            { type: 'switch', path: `${POLICY}.announceWait`, label: m.announce_wait(), help: m.announce_wait_help() },
            { type: 'switch', path: `${POLICY}.onlyWhenStaffed`, label: m.only_when_staffed(), help: m.only_when_staffed_help() },
          ] as Part['fields'])
        : []),
      ...(mode === 'PULL'
        ? ([{ type: 'ref', path: `${POLICY}.routingObjectId`, label: m.pull_list(), of: 'lists', as: 'id', required: true }] as Part['fields'])
        : []),
    ],
  };
}

function hours(one: Values): Part {
  return {
    title: m.channel_hours(),
    hasDefaults: true,
    fields: [
      { type: 'ref', path: 'calendarId', label: m.calendar(), of: 'calendars', as: 'id', none: m.always_open(), help: m.channel_calendar_help() },
      ...(one.calendarId
        ? ([
            {
              type: 'select',
              path: 'outOfHours.action',
              label: m.out_of_hours(),
              required: true,
              choices: [
                { value: 'ROUTE', label: m.out_of_hours_route() },
                { value: 'MESSAGE', label: m.out_of_hours_message() },
              ],
            },
            ...(at(one, 'outOfHours.action') === 'MESSAGE'
              ? [{ type: 'area', path: 'outOfHours.message', label: m.out_of_hours_text(), help: m.out_of_hours_text_help() }]
              : []),
          ] as Part['fields'])
        : []),
    ],
  };
}

export const customerAttribute: Kind = {
  key: 'customer-attributes',
  noun: 'customer attribute',
  path: '/cim-customer/customerSchema',
  id: '_id',
  resource: 'customer-schema',
  icon: Fingerprint,
  plural: m.customer_attributes,
  singular: m.customer_attribute,
  lead: m.customer_attributes_lead,
  name: (one) => String(one.label ?? ''),
  order: (one) => Number(one.sortOrder ?? 0),
  ordered: '/cim-customer/customerSchemaOrder',
  columns: () => [
    { label: m.label(), text: (one) => one.label as string },
    { label: m.type(), text: (one) => valueTypes().find(({ value }) => value === one.type)?.label ?? String(one.type) },
    { label: m.identifies(), text: (one) => ((one.channelTypes ?? []) as string[]).join(', ') },
    { label: m.personal(), text: (one) => (one.isPii ? m.yes() : '') },
  ],
  blank: () => ({
    label: '',
    description: '',
    type: 'string',
    length: 100,
    isRequired: false,
    isPii: true,
    isChannelIdentifier: false,
    channelTypes: [],
    defaultValue: null,
    isSearchAble: false,
  }),
  parts: (one) => [
    {
      fields: [
        { type: 'text', path: 'label', label: m.label(), required: true, help: m.attribute_label_help() },
        { type: 'text', path: 'description', label: m.description(), help: m.attribute_description_help() },
        { type: 'select', path: 'type', label: m.type(), required: true, once: true, choices: valueTypes() },
        ...(one.type === 'string'
          ? ([{ type: 'number', path: 'length', label: m.length(), min: 1, max: 1000, unit: m.characters(), help: m.attribute_length_help() }] as Part['fields'])
          : []),
        { type: 'switch', path: 'isPii', label: m.personal(), help: m.personal_help() },
        { type: 'switch', path: 'isSearchAble', label: m.searchable(), help: m.searchable_help() },
        { type: 'switch', path: 'isRequired', label: m.required(), help: m.attribute_required_help() },
        ...(one.isRequired ? ([{ type: 'text', path: 'defaultValue', label: m.default_value(), required: true }] as Part['fields']) : []),
        { type: 'switch', path: 'isChannelIdentifier', label: m.is_identifier(), help: m.is_identifier_help() },
        ...(one.isChannelIdentifier
          ? ([{ type: 'refs', path: 'channelTypes', label: m.channel_types(), of: 'channel-types', as: 'name', help: m.identifier_types_help() }] as Part['fields'])
          : []),
      ],
    },
  ],
};

const valueTypes = () => [
  { value: 'string', label: m.value_string() },
  { value: 'alphaNumeric', label: m.value_alphanumeric() },
  { value: 'number', label: m.value_number() },
  { value: 'phoneNumber', label: m.value_phone() },
  { value: 'email', label: m.value_email() },
  { value: 'url', label: m.value_url() },
  { value: 'ip', label: m.value_ip() },
  { value: 'boolean', label: m.value_boolean() },
  { value: 'name', label: m.value_name() },
  { value: 'password', label: m.value_password() },
];
