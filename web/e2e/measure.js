// How the desk bears a flood and a long conversation. Prints what it found; memory on the way goes to the error output.
//
//     node measure.js                      # 200 conversations, 50 messages a second, 30 seconds
//     node measure.js 200 50 3600          # the same for an hour
//     node measure.js 20 10 5              # the short form
//     node measure.js deep 10000           # one conversation of so many messages
//     node measure.js load 20              # how soon a desk can be used, opened so many times with nothing cached

import { createRequire } from 'node:module';
import { floor as floorOf } from './floor.js';
import { startHub } from './hub.js';

const { chromium } = createRequire(import.meta.url)('@playwright/test');

/** Another conversation is opened this often during a flood. */
const OPEN_EVERY_MS = 2000;
/** Memory is looked at this often during a flood, and at least so many times. */
const LOOK_EVERY_S = 60;
const LOOKS_MIN = 6;
/** Posts under way at once while a long conversation is made. */
const POSTS_MAX = 16;

const hub = await startHub();
const floor = await floorOf(hub);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const given = process.argv.slice(2);
  const [named, count] = [{ deep, load }[given[0]], given[1]];
  const found = named ? await named(...(count ? [Number(count)] : [])) : await flood(...given.map(Number));
  console.log(JSON.stringify(found, null, 2));
} finally {
  await browser.close();
  await floor.close();
  await hub.stop();
}

/** An agent with many conversations, messages that keep arriving in all of them, and one after the other opened. */
async function flood(conversations = 200, perSecond = 50, seconds = 30) {
  const { page, heap, customer } = await atTheDesk(conversations);
  const writers = [];
  for (let count = 1; count <= conversations; count += 1) writers.push(await accepted(page, customer, count));
  await page.evaluate(frames);
  const looks = [{ second: 0, MB: await heap() }];
  const every = Math.min(LOOK_EVERY_S, seconds / LOOKS_MIN);
  const opened = [];
  const posting = new Set();
  const start = Date.now();
  let sent = 0;
  for (let passed = 0; passed < seconds * 1000; passed = Date.now() - start) {
    for (const due = Math.floor((passed / 1000) * perSecond); sent < due; sent += 1) {
      const post = writers[sent % writers.length].says(`Message ${sent} of a customer who writes a sentence or two.`);
      posting.add(post);
      void post.finally(() => posting.delete(post));
    }
    if (passed > opened.length * OPEN_EVERY_MS) opened.push(await page.evaluate(open));
    if (passed > looks.length * every * 1000) {
      looks.push({ second: Math.round(passed / 1000), MB: await heap() });
      console.error(JSON.stringify({ ...looks.at(-1), sent, framesPerSecond: framesPerSecond(await page.evaluate(() => globalThis.__gaps), passed) }));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(posting);
  const gaps = await page.evaluate(() => globalThis.__gaps);
  looks.push({ second: seconds, MB: await heap() });
  return {
    conversations, perSecond, seconds, messages: sent,
    ...frameTimes(gaps, seconds * 1000),
    openMs: spread(opened),
    heap: { MB: looks.map(({ MB }) => MB), MBPerHour: slopePerHour(looks) },
  };
}

/** A conversation of many messages: more arrive, and somebody scrolls through all of it. */
async function deep(messages = 10_000) {
  const { page, heap, customer } = await atTheDesk(1);
  const before = await heap();
  const writer = await accepted(page, customer, 1);
  for (let sent = 0; sent < messages; sent += POSTS_MAX) {
    await Promise.all(Array.from({ length: POSTS_MAX }, (_, place) => writer.says(`Message ${sent + place}. `.repeat(1 + ((sent + place) % 9)))));
  }
  await writer.says('The last of many.');
  await page.getByRole('log').getByText('The last of many.').waitFor();
  const timed = async (ms, act) => {
    await page.evaluate(frames);
    await act();
    return frameTimes(await page.evaluate(() => globalThis.__gaps), ms);
  };
  const SECONDS = 10;
  const arriving = await timed(SECONDS * 1000, async () => {
    const start = Date.now();
    for (let sent = 0; sent < SECONDS * 50; sent += 1) {
      void writer.says(`One more, ${sent}.`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + sent * 20 - Date.now())));
    }
  });
  const scrolling = await timed(SECONDS * 1000, () => page.evaluate(scroll, SECONDS * 1000));
  const drawn = await page.locator('[role=log] article').count();
  return { messages, arriving, scrolling, drawn, heapMB: { before, after: await heap() } };
}

/** From going to the address, with nothing cached and nobody before, until the desk is drawn and can be clicked. */
async function load(times = 20) {
  const amina = await floor.person('Amina');
  const shown = [];
  for (let time = 0; time < times; time += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.request.post(`${hub.url}/auth/session`, { data: amina });
    await page.addInitScript(usable);
    await page.goto(`${hub.url}/app/desk`);
    await page.waitForFunction(() => globalThis.__usable);
    shown.push(await page.evaluate(() => globalThis.__usable));
    await context.close();
  }
  return { usableMs: spread(shown) };
}

/** An agent who is ready and may hold so many tasks; and customers of his. */
async function atTheDesk(tasks) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const devtools = await page.context().newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return Math.round(usedSize / 1e5) / 10;
  };
  const amina = await busy(await floor.person('Amina'), tasks);
  await page.request.post(`${hub.url}/auth/session`, { data: amina });
  await page.goto(`${hub.url}/app/desk`);
  await page.getByRole('button', { name: 'Get ready' }).click();
  const { customer } = await floor.line({ ringSecs: 60 });
  return { page, heap, customer };
}

async function busy(agent, tasks) {
  const path = `/routing-engine/agents/${agent.id}`;
  const now = await floor.admin.get(path);
  const mrds = await floor.admin.get('/routing-engine/media-routing-domains');
  const chat = mrds.find(({ name }) => name === 'CHAT');
  await floor.admin.put(`/routing-engine/media-routing-domains/${chat.id}`, { ...chat, maxRequests: Math.max(chat.maxRequests, tasks) });
  await floor.admin.put(path, { ...now, associatedMrds: [{ mrdId: chat.id, maxAgentTasks: tasks }] });
  return agent;
}

async function accepted(page, customer, count) {
  const writer = customer(`Customer ${count}`);
  await writer.says('Hello?');
  await page.getByRole('button', { name: /^Accept/ }).click({ timeout: 60_000 });
  await page.waitForFunction((held) => document.querySelector('h1 + span')?.textContent === String(held), count);
  return writer;
}

// In the page.

/** Notes when the desk's first button can be clicked: it is drawn, in force, and nothing else keeps the page busy. */
function usable() {
  const look = () => {
    const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent.includes('Get ready'));
    if (!button || button.disabled) return requestAnimationFrame(look);
    requestIdleCallback(() => (globalThis.__usable = performance.now()));
  };
  look();
}

/** Counts the times between frames, by whole milliseconds: a list of them would grow like what is measured. */
function frames() {
  const gaps = (globalThis.__gaps = Array.from({ length: 1001 }, () => 0));
  let last = performance.now();
  const next = (now) => {
    if (gaps !== globalThis.__gaps) return;
    gaps[Math.min(1000, Math.round(now - last))] += 1;
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** From the click to the frame that shows the conversation. */
async function open() {
  const row = [...document.querySelectorAll('[data-conversation]:not([aria-current])')].at(-1);
  const name = row.querySelector('bdi').textContent;
  const start = performance.now();
  row.click();
  for (;;) {
    await new Promise(requestAnimationFrame);
    const shown = document.querySelector('section h2 bdi')?.textContent === name && document.querySelector('[role=log] article');
    if (shown) return performance.now() - start;
  }
}

/** From the end upwards, as fast as a hand turns a wheel. */
async function scroll(ms) {
  const PX_PER_MS = 6;
  const log = document.querySelector('[role=log]');
  log.dispatchEvent(new WheelEvent('wheel', { bubbles: true }));
  const [start, height] = [performance.now(), log.scrollHeight];
  for (let passed = 0; passed < ms; passed = performance.now() - start) {
    log.scrollTop = height - log.clientHeight - passed * PX_PER_MS;
    await new Promise(requestAnimationFrame);
  }
}

// What it comes to.

function spread(all) {
  const sorted = [...all].sort((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

function framesPerSecond(gaps, ms) {
  return Math.round((gaps.reduce((sum, count) => sum + count, 0) / ms) * 10_000) / 10;
}

function frameTimes(gaps, ms) {
  const all = gaps.reduce((sum, count) => sum + count, 0);
  const at = (share) => {
    let left = Math.ceil(all * share);
    return gaps.findIndex((count) => (left -= count) <= 0);
  };
  const late = gaps.slice(25).reduce((sum, count) => sum + count, 0);
  return { framesPerSecond: framesPerSecond(gaps, ms), frameMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }, lateShare: Math.round((late / all) * 1e4) / 1e4 };
}

/** The straight line through the second half of a run: a desk keeps so much of each conversation, and fills it first. */
function slopePerHour(looks) {
  const settled = looks.filter(({ second }) => second >= looks.at(-1).second / 2);
  const mean = (of) => settled.reduce((sum, look) => sum + of(look), 0) / settled.length;
  const [seconds, size] = [mean(({ second }) => second), mean(({ MB }) => MB)];
  const up = settled.reduce((sum, { second, MB }) => sum + (second - seconds) * (MB - size), 0);
  const across = settled.reduce((sum, { second }) => sum + (second - seconds) ** 2, 0);
  return Math.round((up / across) * 3600 * 100) / 100;
}
