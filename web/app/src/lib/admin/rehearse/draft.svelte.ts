/** What is to be played, and with which changes. It stays while the app is open, also when other pages are looked at. */

import type { Values } from '$lib/admin/form/path';
import { kindOf } from '$lib/admin/kinds/all';
import type { Part } from '$lib/admin/kinds/kind';
import Capacities from '$lib/admin/form/Capacities.svelte';
import Skills from '$lib/admin/form/Skills.svelte';
import { m } from '$lib/paraglide/messages';
import { Problem } from '$lib/api/problem';
import { period } from '$lib/admin/report/period';

/** What can be supposed to be different, by the member that tells it to the hub. */
export const SUPPOSED = {
  queues: { path: '/routing-engine/precision-queues', resource: 'queue' },
  agents: { path: '/routing-engine/agents', resource: 'agent-attributes' },
  channels: { path: '/ccm/channels', resource: 'channel-manager' },
  attributes: { path: '/routing-engine/routing-attributes', resource: 'routing-attribute' },
  mrds: { path: '/routing-engine/media-routing-domains', resource: 'mrd' },
} as const;
export type Supposed = keyof typeof SUPPOSED;
const KINDS = { queues: 'queues', channels: 'channels', attributes: 'skills', mrds: 'domains' } as const;

export interface Change {
  member: Supposed;
  id: string;
  name: string;
  values: Values;
}
/** Agents like one there is; without times they are there all of the time. */
export interface Extra {
  like: string;
  count: number | null;
  from: number | null;
  until: number | null;
}

class Draft {
  from: number | null = $state(period('yesterday', { from: '', until: '' }).from);
  until: number | null = $state(period('yesterday', { from: '', until: '' }).until);
  changes: Change[] = $state([]);
  absent: string[] = $state([]);
  extra: Extra[] = $state([]);

  /** An object as it would be; one that was there already is replaced. */
  suppose(change: Change): void {
    this.changes = [...this.changes.filter(({ id }) => id !== change.id), change];
  }

  drop(id: string): void {
    this.changes = this.changes.filter((change) => change.id !== id);
  }

  /** As the hub is asked. */
  get asked(): Values {
    const of = (member: Supposed) => this.changes.filter((change) => change.member === member).map(({ values }) => values);
    const changed = Object.fromEntries((Object.keys(SUPPOSED) as Supposed[]).map((member) => [member, of(member)]));
    return $state.snapshot({ from: this.from, until: this.until, ...changed, absent: this.absent, extra: this.extra }) as Values;
  }

  /** What the hub says of one of the changes, as if it had been asked about it alone. */
  problemOf(change: Change, problem: Problem | null): Problem | null {
    const place = this.changes.filter(({ member }) => member === change.member).indexOf(change);
    return problem?.inside(`${change.member}[${place}]`) ?? null;
  }
}

export const draft = new Draft();

export function supposedName(member: Supposed): string {
  return member === 'agents' ? m.dry_agent() : kindOf(KINDS[member]).singular();
}

/** The form of an object of which something is supposed. */
export function partsOf({ member, values }: Change): Part[] {
  if (member !== 'agents') return kindOf(KINDS[member]).parts(values);
  return [
    {
      fields: [
        { type: 'own', path: 'associatedRoutingAttributes', label: m.skills(), component: Skills },
        { type: 'own', path: 'associatedMrds', label: m.capacities(), help: m.capacities_help(), component: Capacities },
      ],
    },
  ];
}

/** The key of the catalogue's list; agents are listed elsewhere. */
export const listOf = (member: Exclude<Supposed, 'agents'>): string => KINDS[member];
