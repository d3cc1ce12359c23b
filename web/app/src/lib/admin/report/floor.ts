/** How things stand, as the hub tells it; what needs somebody comes first. */

export interface QueueNow {
  id: string;
  name: string | null;
  waiting: number;
  ringing: number;
  longestWaitMs: number | null;
  active: number;
  wrappingUp: number;
  agentsReady: number;
  agentsActive: number;
  agentsBusy: number;
  agentsNotReady: number;
  agentsPendingNotReady: number;
  /** Of today, as the sums below. */
  serviceLevelPercent: number | null;
  offered: number;
  answered: number;
  abandoned: number;
  averageWaitMs: number | null;
  averageHandleMs: number | null;
}

export interface AgentNow {
  id: string;
  username: string | null;
  name: string | null;
  state: 'READY' | 'NOT_READY';
  reasonName: string | null;
  stateSince: number;
  connected: boolean;
  ringing: boolean;
  conversations: number;
  mrds: { id: string; name: string | null; state: string; active: number; max: number }[];
}

export interface ChannelNow {
  id: string;
  name: string | null;
  sessions: number;
  waiting: number;
  active: number;
  withBots: number;
}

/** A customer who waits. */
export interface Waiter {
  conversationId: string;
  customerName: string | null;
  channelType: string | null;
  queueName: string;
  waitedMs: number;
}

export interface Floor {
  at: number;
  queues: QueueNow[];
  agents: AgentNow[];
  channels: ChannelNow[];
  withBots: number;
  waiters: Waiter[];
}

/** How the day went so far. */
export interface Today {
  offered: number;
  answered: number;
  serviceLevelPercent: number | null;
}

/** How much a queue needs somebody: from least to most. */
export const ALARMS = ['quiet', 'waiting', 'unstaffed', 'late'] as const;
export type Alarm = (typeof ALARMS)[number];

/** @param thresholdMs Within which its requests are to be served. */
export function alarm(queue: QueueNow, thresholdMs: number | undefined): Alarm {
  if (queue.waiting === 0) return 'quiet';
  if (thresholdMs !== undefined && (queue.longestWaitMs ?? 0) > thresholdMs) return 'late';
  return queue.agentsReady + queue.agentsActive + queue.agentsBusy === 0 ? 'unstaffed' : 'waiting';
}

/** Those that need somebody first; those that do not stay where their names put them. */
export function byTrouble(queues: QueueNow[], thresholdMs: (queue: QueueNow) => number | undefined): QueueNow[] {
  const need = new Map(queues.map((queue) => [queue.id, ALARMS.indexOf(alarm(queue, thresholdMs(queue)))]));
  const of = (queue: QueueNow) => need.get(queue.id) ?? 0;
  const byName = new Intl.Collator(undefined, { numeric: true }).compare;
  return [...queues].sort((a, b) => of(b) - of(a) || (b.longestWaitMs ?? 0) - (a.longestWaitMs ?? 0) || byName(a.name ?? '', b.name ?? ''));
}

/** What an agent is at, those first who may need somebody. */
export const STANDINGS = ['lost', 'ringing', 'resting', 'serving', 'free'] as const;
export type Standing = (typeof STANDINGS)[number];

export function standing(agent: AgentNow): Standing {
  if (!agent.connected) return 'lost';
  if (agent.ringing) return 'ringing';
  if (agent.state !== 'READY') return 'resting';
  return agent.mrds.some(({ active }) => active > 0) ? 'serving' : 'free';
}

/** Within what they are at, those longest in their state first. */
export function byStanding(agents: AgentNow[]): AgentNow[] {
  const places = new Map(agents.map((agent) => [agent.id, STANDINGS.indexOf(standing(agent))]));
  const place = ({ id }: AgentNow) => places.get(id) ?? 0;
  return [...agents].sort((a, b) => place(a) - place(b) || a.stateSince - b.stateSince || (a.id < b.id ? -1 : 1));
}
