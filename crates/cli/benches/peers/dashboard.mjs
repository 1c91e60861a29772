// Opens two pages in turns, with an empty cache each time: bytes, first paint, first chart.
// usage: node dashboard.mjs OURS THEIRS ROUNDS, with TUNE_BROWSER and TUNE_BROWSER_MODULES as tests/browser/run sets them.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.TUNE_BROWSER_MODULES, 'package.json'));
const { chromium } = require('playwright-core');
const [ours, theirs, rounds] = process.argv.slice(2);
const chart = { [ours]: '.chart svg path', [theirs]: '.js-plotly-plot .main-svg path' };
const browser = await chromium.launch({
  executablePath: process.env.TUNE_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox'],
});

const visit = async url => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0, requests = 0;
  session.on('Network.dataReceived', event => { bytes += event.dataLength; });
  session.on('Network.requestWillBeSent', () => { requests += 1; });
  const start = performance.now();
  await page.goto(url, { timeout: 300000 });
  await page.waitForSelector(chart[url], { state: 'attached', timeout: 300000 });
  const drawn = performance.now() - start;
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);
  await context.close();
  return { bytes, requests, paint, drawn };
};

const seen = { [ours]: [], [theirs]: [] };
for (let round = 0; round < +rounds; round++) {
  for (const url of [ours, theirs]) seen[url].push(await visit(url));
}
const median = (runs, key) => runs.map(run => run[key]).sort((a, b) => a - b)[runs.length >> 1];
for (const [name, url] of [['tune report', ours], ['optuna-dashboard', theirs]]) {
  const [kb, n, paint, drawn] = ['bytes', 'requests', 'paint', 'drawn'].map(k => median(seen[url], k));
  console.log(`${name.padEnd(18)} ${(kb / 1000).toFixed(0).padStart(6)} kB  ${n} requests  ` +
    `first paint ${paint.toFixed(0)} ms  first chart ${drawn.toFixed(0)} ms`);
}
await browser.close();
