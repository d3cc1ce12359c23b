/** What needs an administrator: found by asking the hub, each thing with the place to mend it. */

import { catalogue } from '$lib/admin/catalogue.svelte';
import { at, type Values } from '$lib/admin/form/path';
import { api, ask, body, type Schema } from '$lib/api/client';
import { m } from '$lib/paraglide/messages';
import { session } from '$lib/session/session.svelte';

export interface Concern {
  tone: 'danger' | 'warn';
  text: string;
  href: string;
}

/** More dead letters than this are not counted one by one. */
const LETTERS_MAX = 100;
/** Queues and connectors asked about one by one; of more, the first. */
const ASKED_MAX = 50;

/** Agents who are signed in, by what they are at. */
const AT_WORK = ['agentsReady', 'agentsActive', 'agentsBusy', 'agentsNotReady', 'agentsPendingNotReady'];

/** Everything that needs attention, the gravest first. What somebody may not see is not asked for. */
export async function concerns(): Promise<Concern[]> {
  const found = await Promise.all([
    session.may('deliveries') ? deadLetters() : [],
    session.may('deliveries') && session.may('channel-manager') ? troubledConnectors() : [],
    session.may('queue') ? lonelyQueues() : [],
    session.may('customer-schema') && session.may('channel-manager') ? unrecognised() : [],
  ]);
  const all = found.flat();
  return [...all.filter(({ tone }) => tone === 'danger'), ...all.filter(({ tone }) => tone === 'warn')];
}

async function deadLetters(): Promise<Concern[]> {
  const { deadLetters } = await body(api.GET('/ccm/dead-letters', { params: { query: { limit: String(LETTERS_MAX) } } }));
  const count = deadLetters.length === LETTERS_MAX ? `${LETTERS_MAX}+` : String(deadLetters.length);
  return deadLetters.length > 0 ? [{ tone: 'danger', text: m.concern_dead_letters({ count }), href: '/app/admin/dead-letters' }] : [];
}

async function troubledConnectors(): Promise<Concern[]> {
  const connectors = await rows<Schema['ChannelConnector']>('/ccm/channel-connectors');
  const asked = connectors.map(async ({ id = '', name = '' }): Promise<Concern[]> => {
    const params = { path: { id: id ?? '' } };
    const [health, pushes] = await Promise.all([
      body(api.GET('/ccm/channel-connectors/{id}/health', { params })),
      body(api.GET('/ccm/channel-connectors/{id}/configuration-pushes', { params })),
    ]);
    const href = `/app/admin/connectors/${id}`;
    if (health.status !== 'UP') return [{ tone: 'danger', text: m.concern_connector_down({ name: name ?? '' }), href }];
    return pushes.some(({ outcome }) => outcome === 'DEAD') ? [{ tone: 'danger', text: m.concern_configuration({ name: name ?? '' }), href }] : [];
  });
  return (await Promise.all(asked)).flat();
}

/** Where somebody is at work somebody can answer; whom the other queues would reach is asked of the hub. */
async function lonelyQueues(): Promise<Concern[]> {
  const [queues, { rows: live = [] }] = await Promise.all([
    rows<Values>('/routing-engine/precision-queues'),
    session.may('reports') ? body(api.GET('/cim-reporting/live', { params: { query: { part: 'queues' } } })) : { rows: [] },
  ]);
  const staffed = new Set(live.filter((queue) => AT_WORK.some((member) => Number(queue[member]) > 0)).map(({ id }) => id));
  const asked = queues.filter(({ id }) => !staffed.has(id)).map(async (queue): Promise<Concern[]> => {
    const { value } = await ask<Schema['QueueMatch'][]>('POST', '/routing-engine/precision-queues/matches', { body: queue });
    const href = `/app/admin/queues/${String(queue.id)}`;
    return value.length === 0 ? [{ tone: 'warn', text: m.concern_queue({ name: String(queue.name) }), href }] : [];
  });
  return (await Promise.all(asked)).flat();
}

/** Channels of a type by which no customer is known: each message would be a stranger's. */
async function unrecognised(): Promise<Concern[]> {
  const [channels, attributes] = await Promise.all([rows<Values>('/ccm/channels'), rows<Values>('/cim-customer/customerSchema')]);
  const known = new Set(attributes.filter(({ isChannelIdentifier }) => isChannelIdentifier === true).flatMap(({ channelTypes }) => channelTypes as string[]));
  return channels
    .filter((channel) => !known.has(String(at(channel, 'channelType.name'))))
    .map((channel) => ({ tone: 'warn', text: m.concern_unrecognised({ name: String(channel.name) }), href: '/app/admin/customer-attributes' }));
}

async function rows<T>(path: string): Promise<T[]> {
  return (await ask<T[]>('GET', `${path}?limit=${ASKED_MAX}`)).value;
}

/** What could be done next, as far as it has not been done. */
export interface Suggestion {
  text: string;
  lead: string;
  href: string;
}

/** @param hasAgents Whether there is more than one. */
export function suggestions(hasAgents: boolean): Suggestion[] {
  const none = (kind: string) => !catalogue.of(kind).loading && catalogue.of(kind).rows.length === 0;
  // What somebody may not do is not asked after.
  const all: [wanted: () => boolean, may: boolean, suggestion: Suggestion][] = [
    [() => true, session.may('channel-manager', 'manage'), { text: m.connect_channel(), lead: m.next_channel(), href: '/app/admin/connect' }],
    [() => !hasAgents, session.may('users', 'manage'), { text: m.next_agents(), lead: m.next_agents_lead(), href: '/app/admin/users/new' }],
    [() => none('skills'), session.may('routing-attribute', 'manage'), { text: m.next_skills(), lead: m.next_skills_lead(), href: '/app/admin/skills/new' }],
    [() => none('calendars'), session.may('business-calendar', 'manage'), { text: m.next_hours(), lead: m.next_hours_lead(), href: '/app/admin/calendars/new' }],
    [() => none('widgets'), session.may('web-widget', 'manage'), { text: m.next_widget(), lead: m.next_widget_lead(), href: '/app/admin/widgets/new' }],
    [() => none('canned-messages'), session.may('agent-desk-setting', 'manage'), { text: m.next_canned(), lead: m.next_canned_lead(), href: '/app/admin/canned-messages/new' }],
    [() => true, session.may('channel-manager', 'manage'), { text: m.simulator(), lead: m.next_simulator(), href: '/app/admin/simulator' }],
  ];
  return all.filter(([wanted, may]) => may && wanted()).map(([, , suggestion]) => suggestion);
}

/** Whether more than one agent is registered. */
export async function areAgents(): Promise<boolean> {
  return !session.may('agent-attributes') || (await body(api.GET('/routing-engine/agents', { params: { query: { limit: '2' } } }))).length > 1;
}
