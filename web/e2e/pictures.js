// Takes the pictures of README and docs/walk-through.md, of a demo that lives as they tell.
//
//     node pictures.js ../../docs/pictures

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const { chromium } = createRequire(import.meta.url)('@playwright/test');
const BINARY = process.env.TIELINE_BIN ?? new URL('../../target/debug/tieline', import.meta.url).pathname;
const PASSWORD = 'demo-password';
const [into = '../../docs/pictures'] = process.argv.slice(2);

const folder = await mkdtemp(join(tmpdir(), 'tieline-pictures-'));
const port = await freePort();
const hub = `http://127.0.0.1:${port}`;
const demo = spawn(BINARY, ['demo', '--folder', folder, '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
for await (const line of createInterface({ input: demo.stdout })) if (line.includes('Ctrl-C')) break;
demo.stdout.resume();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  await mkdir(into, { recursive: true });
  await take();
} finally {
  await browser.close();
  demo.kill();
  await once(demo, 'exit');
  await rm(folder, { recursive: true, force: true });
}

async function take() {
  const admin = await signedIn('admin', '/app/admin');
  await admin.getByRole('heading', { level: 1 }).waitFor();
  await picture(admin, 'home');

  await admin.goto(`${hub}/app/admin/connect`);
  await connect(admin);

  const [amina, bilal] = [await atWork('amina'), await atWork('bilal')];
  const widget = await visitor('Jonas Brandt', 'My router restarts every evening. Is it broken?');
  await accepted(amina);
  await answer(amina, 'Good evening, Jonas. Which light blinks when it does?');
  await say(widget, 'The red one, twice.');
  await amina.getByRole('log').getByText('twice').waitFor();
  await answer(amina, 'Then the new firmware helps. I start the update now, it takes *five minutes*.');
  await widget.getByRole('log').getByText('five minutes').waitFor();
  await picture(widget, 'widget', { clip: { x: 780, y: 40, width: 500, height: 760 } });

  const second = await visitor('Mia Schäfer', 'I was charged twice this month.');
  await bilal.getByRole('region', { name: /Request from/ }).waitFor();
  await accepted(bilal);
  await answer(bilal, 'I am looking into your bill.');
  await second.getByRole('log').getByText('looking into').waitFor();
  await visitor('Finn Vogt', 'Where is my parcel?');
  await amina.getByRole('region', { name: /Request from/ }).waitFor();
  await picture(amina, 'desk');

  await admin.goto(`${hub}/app/admin/live`);
  await admin.getByRole('table', { name: 'Agents' }).getByText('Serving').first().waitFor();
  await picture(admin, 'live');

  await admin.goto(`${hub}/app/admin/inspector`);
  // Newest first.
  await admin.getByRole('table', { name: 'Conversations' }).getByRole('link').last().click();
  await admin.getByText('Why this agent').first().waitFor();
  await admin.getByText('Delivered').first().waitFor();
  await picture(admin, 'inspector');

  await admin.goto(`${hub}/app/admin/simulator`);
  await admin.getByRole('combobox', { name: 'Channel' }).click();
  await admin.getByRole('option', { name: /Demo web page/ }).click();
  await admin.getByRole('textbox', { name: 'Write as the customer' }).fill('Good morning! Are you open today?');
  await admin.keyboard.press('Enter');
  await admin.getByRole('log', { name: 'What the customer sees' }).getByText('Delivered').first().waitFor();
  await picture(admin, 'simulator');

  await closed(bilal);
  await closed(amina);
  await admin.goto(`${hub}/app/admin/dry-run`);
  await admin.getByRole('combobox', { name: 'Somebody who stays at home' }).click();
  await admin.getByRole('option', { name: /bilal/ }).click();
  await admin.getByRole('button', { name: 'Today' }).click();
  await admin.getByRole('button', { name: 'Play it' }).click();
  const result = admin.getByRole('region', { name: 'What would have been' });
  await result.waitFor();
  await result.evaluate((region) => region.scrollIntoView());
  await picture(admin, 'dry-run');
}

/** Up to the channel, whose settings are the longest. */
async function connect(page) {
  const next = () => page.getByRole('button', { name: 'Create and go on' }).click();
  await page.getByRole('button', { name: 'Make a new one' }).click();
  await page.getByLabel('Name', { exact: true }).fill('PIGEON');
  await next();
  await page.getByLabel('Webhook').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Pigeon Post');
  await page.getByLabel('Webhook').fill('http://127.0.0.1:8091/in');
  await next();
  await page.getByRole('heading', { name: 'Connector', exact: true }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Loft');
  await next();
  await page.getByLabel('Service identifier').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Pigeons');
  await page.getByLabel('Service identifier').fill('loft-1');
  await page.getByText('Who answers', { exact: true }).click();
  await picture(page, 'connect');
}

/** A customer on the demo's page, whom the bot has handed over. */
async function visitor(name, words) {
  const page = await fresh();
  await page.goto(`${hub}/demo`);
  await page.locator('.launcher').click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(`${name.split(' ')[0].toLowerCase()}@example.com`);
  await page.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('log').waitFor();
  await say(page, words);
  return page;
}

async function say(page, words) {
  const field = page.getByRole('dialog').locator('.field');
  await field.fill(words);
  await field.press('Enter');
}

async function atWork(username) {
  const page = await signedIn(username, '/app/desk');
  await page.getByRole('button', { name: 'Get ready' }).click();
  await page.getByRole('button', { name: /^Your state: Ready/ }).waitFor();
  return page;
}

async function accepted(desk) {
  await desk.getByRole('region', { name: /Request from/ }).waitFor();
  await desk.keyboard.press('a');
  await desk.getByRole('log').waitFor();
}

async function closed(desk) {
  await desk.getByRole('button', { name: 'Close', exact: true }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
}

async function answer(desk, words) {
  await desk.getByRole('textbox', { name: /^Write to/ }).fill(words);
  await desk.keyboard.press('Enter');
}

async function signedIn(username, path) {
  const page = await fresh();
  const answer = await page.request.post(`${hub}/auth/session`, { data: { username, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`${username} could not sign in: ${answer.status()}`);
  await page.goto(hub + path);
  return page;
}

/** A page in a browser nobody has used. */
async function fresh() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  return context.newPage();
}

async function picture(page, name, options = {}) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(resolve(into), `${name}.png`), animations: 'disabled', ...options });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
