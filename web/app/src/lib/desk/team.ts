// What a supervisor sees of his teams: agents at work, what they serve, and who waits.

import { ask } from '$lib/api/client';
import { list, number, object, objects, text, type Wire } from './read';

export interface TeamAgent {
  id: string;
  name: string;
  state: string;
  chats: number;
}

export interface TeamChat {
  conversation: string;
  customer: string;
  queue: string;
  channelType: string;
  agents: string[];
  /** Seconds, when they were asked for. */
  seconds: number;
  session: Wire | null;
}

export interface Team {
  readAt: number;
  agents: TeamAgent[];
  active: TeamChat[];
  waiting: TeamChat[];
}

export function readAgents(answer: unknown): TeamAgent[] {
  return objects(object(answer).agents).map((row) => ({
    id: text(row.id),
    name: text(row.name),
    state: text(row.state),
    chats: number(row.activeChatsCount) ?? 0,
  }));
}

export function readChats(answer: unknown, since: 'activeSince' | 'waitingSince'): TeamChat[] {
  return objects(answer).flatMap((row) =>
    objects(row.chats).map((chat) => ({
      conversation: text(chat.conversationId),
      customer: text(chat.customerName),
      queue: text(row.queueName),
      channelType: text(chat.channelType),
      agents: objects(chat.agentDetails).map((agent) => text(agent.agentName) || text(agent.agentUsername)),
      seconds: number(chat[since]) ?? 0,
      session: objects(list(chat.activeChannelSessions))[0] ?? null,
    })),
  );
}

export async function readTeam(): Promise<Team> {
  const asked = async (path: string, body: unknown) => (await ask<unknown>('POST', `/cim-reporting/${path}/detail`, { body })).value;
  const [agents, active, waiting] = await Promise.all([
    asked('agent-activity', { teams: [] }),
    asked('queue-active-chats', { teamId: '', queues: [] }),
    asked('queued-chats', { teamId: '', queues: [] }),
  ]);
  return {
    readAt: Date.now(),
    agents: readAgents(agents),
    active: readChats(active, 'activeSince'),
    waiting: readChats(waiting, 'waitingSince'),
  };
}
