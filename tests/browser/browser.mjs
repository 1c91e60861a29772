// One browser for a file of tests, and what all of them ask of a page.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';

const modules = process.env.TUNE_BROWSER_MODULES;
const require = createRequire(join(modules, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Where the pages of the Rust tests lie. */
export const pages = join(modules, 'pages');

/** Starts the browser. */
export const launch = () =>
  chromium.launch({ executablePath: process.env.TUNE_BROWSER, args: ['--no-sandbox'] });

/** Opens an address; what the page asks for besides it, and what it complains of, is collected. */
export async function open(browser, url, { width = 1280, theme = 'light', script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: theme, javaScriptEnabled: script,
  });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on('request', request => {
    const other = request.url();
    if (other !== url && !other.startsWith('data:')) seen.requests.push(other);
  });
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') seen.complaints.push(message.text());
  });
  page.on('pageerror', error => seen.complaints.push(String(error)));
  page.on('dialog', dialog => { seen.complaints.push('a dialog'); dialog.dismiss(); });
  await page.goto(url);
  return { page, seen, close: () => context.close() };
}

/** The page neither asked for anything nor complained. */
export function assertQuiet({ requests, complaints }) {
  assert.deepEqual(requests, []);
  assert.deepEqual(complaints, []);
}

/** The page passes axe; by evaluation, for its policy refuses script elements. */
export async function assertAccessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const told = found.violations.map(v =>
    `${v.id}: ${v.help} (${v.nodes.length}) ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any.map(a => a.message).join('; ')}`);
  assert.deepEqual(told, []);
}
