import { expect, test } from 'vitest';
import { alarm, byStanding, byTrouble, standing, type AgentNow, type QueueNow } from './floor';

const queue = (name: string, more: Partial<QueueNow> = {}): QueueNow => ({
  id: name, name, waiting: 0, ringing: 0, longestWaitMs: null, active: 0, wrappingUp: 0,
  agentsReady: 1, agentsActive: 0, agentsBusy: 0, agentsNotReady: 0, agentsPendingNotReady: 0,
  serviceLevelPercent: null, offered: 0, answered: 0, abandoned: 0, averageWaitMs: null, averageHandleMs: null, ...more,
});
const agent = (name: string, more: Partial<AgentNow> = {}): AgentNow => ({
  id: name, username: name, name, state: 'READY', reasonName: null, stateSince: 100, connected: true, ringing: false,
  conversations: 0, mrds: [], ...more,
});
const chat = (active: number) => [{ id: 'm', name: 'CHAT', state: 'ACTIVE', active, max: 5 }];

test.each([
  [{ waiting: 0, agentsReady: 0 }, 'quiet'],
  [{ waiting: 1, longestWaitMs: 30_000 }, 'waiting'],
  [{ waiting: 1, longestWaitMs: 30_001 }, 'late'],
  [{ waiting: 1, longestWaitMs: 5, agentsReady: 0, agentsNotReady: 3 }, 'unstaffed'],
  [{ waiting: 1, longestWaitMs: 5, agentsReady: 0, agentsBusy: 1 }, 'waiting'],
] as const)('a queue with %o is %s', (more, expected) => {
  expect(alarm(queue('q', more), 30_000)).toBe(expected);
});

test('trouble is on top, and what is quiet keeps its place', () => {
  const queues = [
    queue('quiet b'),
    queue('waits', { waiting: 2, longestWaitMs: 9_000 }),
    queue('quiet a'),
    queue('nobody', { waiting: 1, longestWaitMs: 1_000, agentsReady: 0 }),
    queue('late', { waiting: 1, longestWaitMs: 60_000 }),
    queue('later', { waiting: 1, longestWaitMs: 90_000 }),
  ];
  const names = byTrouble(queues, () => 30_000).map(({ name }) => name);
  expect(names).toEqual(['later', 'late', 'nobody', 'waits', 'quiet a', 'quiet b']);
});

test('agents stand as they are found, those longest in a state first', () => {
  const agents = [
    agent('free'),
    agent('serves', { mrds: chat(2) }),
    agent('rests', { state: 'NOT_READY', mrds: chat(1), stateSince: 50 }),
    agent('rests longer', { state: 'NOT_READY', stateSince: 10 }),
    agent('rings', { ringing: true, mrds: chat(1) }),
    agent('gone', { connected: false, ringing: true }),
  ];
  const found = byStanding(agents).map((one) => [one.name, standing(one)]);
  expect(found).toEqual([
    ['gone', 'lost'],
    ['rings', 'ringing'],
    ['rests longer', 'resting'],
    ['rests', 'resting'],
    ['serves', 'serving'],
    ['free', 'free'],
  ]);
});
