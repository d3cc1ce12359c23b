/** What reports ask of the hub. */

import { api, ask, body } from '$lib/api/client';
import type { Floor, Today, Waiter } from './floor';

/** Minutes by which this place is ahead of UTC. */
export const utcOffset = (at = new Date()): number => -at.getTimezoneOffset();

/** Looks at everything; at those who wait only when there are any. */
export async function readFloor(): Promise<Floor> {
  const live = await body(api.GET('/cim-reporting/live', { params: { query: { offset: String(utcOffset()) } } }));
  const floor = live as unknown as Omit<Floor, 'waiters'>;
  const waiters = floor.queues.some(({ waiting }) => waiting > 0) ? await readWaiters() : [];
  return { ...floor, waiters };
}

/** `null` before the first request of the day has ended. */
export async function readToday(): Promise<Today | null> {
  const query = { by: 'total', offset: String(utcOffset()) };
  const { rows } = await body(api.GET('/cim-reporting/statistics', { params: { query } }));
  return (rows[0] as unknown as Today | undefined) ?? null;
}

interface Listed {
  queueName: string;
  chats: { conversationId: string; customerName?: string | null; channelType?: string | null; waitingSince?: number }[];
}

async function readWaiters(): Promise<Waiter[]> {
  const { value } = await ask<Listed[]>('POST', '/cim-reporting/queued-chats/detail', { body: { teamId: '', queues: [] } });
  const waiters = value.flatMap(({ queueName, chats }) =>
    chats.map(({ conversationId, customerName = null, channelType = null, waitingSince = 0 }) => ({
      conversationId, customerName, channelType, queueName, waitedMs: waitingSince * 1000,
    })),
  );
  return waiters.sort((a, b) => b.waitedMs - a.waitedMs);
}
