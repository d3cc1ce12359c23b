// How the desk bears a flood: an agent with many conversations, and messages that keep arriving. Prints what it found.
//
//     node measure.js                      # 200 conversations, 50 messages a second, 30 seconds
//     node measure.js 20 10 5              # the short form

import { createRequire } from 'node:module';
import { floor as floorOf } from './floor.js';
import { startHub } from './hub.js';

const { chromium } = createRequire(import.meta.url)('@playwright/test');
const [conversations = 200, perSecond = 50, seconds = 30] = process.argv.slice(2).map(Number);
const OPENED = 20;

const hub = await startHub();
const floor = await floorOf(hub);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const devtools = await page.context().newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return usedSize / 1e6;
  };
  const amina = await busy(await floor.person('Amina'));
  await page.request.post(`${hub.url}/auth/session`, { data: amina });
  await page.goto(`${hub.url}/app/desk`);
  await page.getByRole('button', { name: 'Get ready' }).click();
  const { customer } = await floor.line({ ringSecs: 60 });
  const writers = [];
  for (let count = 1; count <= conversations; count += 1) {
    const writer = customer(`Customer ${count}`);
    await writer.says('Hello?');
    writers.push(writer);
    await page.getByRole('button', { name: /^Accept/ }).click({ timeout: 60_000 });
    await page.waitForFunction((held) => document.querySelectorAll('[data-conversation]').length === held, count);
  }
  const before = await heap();
  await page.evaluate(frames);
  let sent = 0;
  const posting = new Set();
  const start = Date.now();
  while (Date.now() - start < seconds * 1000) {
    const due = Math.floor(((Date.now() - start) / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      const post = writers[sent % writers.length].says(`Message ${sent} of a customer who writes a sentence or two.`);
      posting.add(post);
      void post.finally(() => posting.delete(post));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(posting);
  const gaps = (await page.evaluate(() => globalThis.__frames)).sort((one, other) => one - other);
  const opened = [];
  for (let count = 0; count < Math.min(OPENED, conversations); count += 1) opened.push(await page.evaluate(open, count));
  opened.sort((one, other) => one - other);
  const after = await heap();
  const at = (all, share) => Math.round(all[Math.floor((all.length - 1) * share)] * 10) / 10;
  console.log(
    JSON.stringify(
      {
        conversations, perSecond, seconds, messages: sent,
        frameMs: { p50: at(gaps, 0.5), p95: at(gaps, 0.95), p99: at(gaps, 0.99) },
        framesPerSecond: Math.round(gaps.length / seconds),
        openMs: { p50: at(opened, 0.5), max: at(opened, 1) },
        heapMB: { before: Math.round(before), after: Math.round(after) },
      },
      null,
      2,
    ),
  );
} finally {
  await browser.close();
  await floor.close();
  await hub.stop();
}

/** Lets an agent hold as many tasks. */
async function busy(agent) {
  const path = `/routing-engine/agents/${agent.id}`;
  const now = await floor.admin.get(path);
  const mrds = await floor.admin.get('/routing-engine/media-routing-domains');
  const chat = mrds.find(({ name }) => name === 'CHAT');
  await floor.admin.put(`/routing-engine/media-routing-domains/${chat.id}`, { ...chat, maxRequests: Math.max(chat.maxRequests, conversations) });
  await floor.admin.put(path, { ...now, associatedMrds: [{ mrdId: chat.id, maxAgentTasks: conversations }] });
  return agent;
}

/** Notes the time between frames. */
function frames() {
  globalThis.__frames = [];
  let last = performance.now();
  const next = (now) => {
    globalThis.__frames.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** From the click to the frame that shows the conversation. */
async function open(place) {
  const row = document.querySelectorAll('[data-conversation]:not([aria-current])')[place];
  if (!row) return 0;
  const name = row.querySelector('bdi').textContent;
  const start = performance.now();
  row.click();
  for (;;) {
    await new Promise(requestAnimationFrame);
    const shown = document.querySelector('section h2 bdi')?.textContent === name && document.querySelector('[role=log] article');
    if (shown) return performance.now() - start;
  }
}
