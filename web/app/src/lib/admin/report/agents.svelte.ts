/** Who works as an agent, for those who may see it: what fields offer to choose from. */

import { page, type PageOf, type Schema } from '$lib/api/client';
import { session } from '$lib/session/session.svelte';
import { Listing } from '$lib/ui/listing.svelte';
import type { Choice } from '$lib/ui/Select.svelte';

type Agent = Schema['Agent'];
const PAGE_ROWS = 1000;
const byName = new Intl.Collator(undefined, { numeric: true }).compare;

async function readAll(): Promise<Agent[]> {
  const rows: Agent[] = [];
  for (let next: string | null = `/routing-engine/agents?limit=${PAGE_ROWS}`; next; ) {
    const slice: PageOf<Agent> = await page<Agent>(next);
    rows.push(...slice.rows);
    next = slice.next;
  }
  return rows;
}

export class Agents {
  #listing = new Listing<Agent, never>(async () => ({ rows: session.may('agent-attributes') ? await readAll() : [], next: null }));

  constructor() {
    void this.#listing.reload();
  }

  get all(): Agent[] {
    return this.#listing.rows;
  }

  get choices(): Choice[] {
    const choices = this.all.map((agent) => ({ value: agent.id ?? '', label: agentName(agent), hint: agent.keycloakUser?.username ?? undefined }));
    return choices.sort((a, b) => byName(a.label, b.label));
  }

  name(id: string): string | undefined {
    const agent = this.all.find((one) => one.id === id);
    return agent && agentName(agent);
  }
}

export function agentName({ id, keycloakUser }: Agent): string {
  return [keycloakUser?.firstName, keycloakUser?.lastName].filter(Boolean).join(' ') || keycloakUser?.username || id || '';
}
