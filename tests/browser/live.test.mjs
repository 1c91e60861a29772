// The live page, of a study that is told its losses from here.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { assertAccessible, launch, open } from './browser.mjs';

const tune = process.env.TUNE;
const folder = mkdtempSync(join(tmpdir(), 'tune-live-'));
const results = join(folder, 'results');
const run = (...args) => execFileSync(tune, [...args, '--results', results, '--quiet'], { encoding: 'utf8' });

/** Asks for a trial and tells its loss. */
const tell = loss => {
  const { trial } = JSON.parse(run('ask', 'live'));
  run('tell', 'live', String(trial), '--loss', String(loss));
  return trial;
};

let browser, server, url;
before(async () => {
  const file = join(folder, 'live.toml');
  writeFileSync(file, '[search]\nmethod = "random"\ntrials = 50\n\n[space]\nrate = { type = "float", low = 0.001, high = 1.0, log = true }\n');
  run('ask', file);
  run('tell', 'live', '0', '--loss', '0.5');
  browser = await launch();
  server = spawn(tune, ['serve', 'live', '--results', results, '--quiet'], { stdio: ['ignore', 'pipe', 'inherit'] });
  url = await new Promise((done, fail) => {
    server.stdout.once('data', data => done(String(data).trim()));
    server.once('exit', code => fail(new Error(`serve ended with ${code}`)));
  });
});
after(async () => {
  await browser?.close();
  server?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

/** The status of a raw request. */
const status = (path, { method = 'GET', headers = {} } = {}) => new Promise((done, fail) => {
  const { port } = new URL(url);
  const asked = request({ host: '127.0.0.1', port, path, method, headers }, answer => {
    answer.resume();
    done(answer.statusCode);
  });
  asked.on('error', fail);
  asked.end();
});

test('hosts, methods, origins and tokens are checked before any route', async () => {
  const { host, pathname } = new URL(url);
  const token = pathname.split('/')[1];
  assert.match(token, /^[0-9a-f]{32}$/);
  assert.equal(await status(pathname), 200);
  assert.equal(await status(pathname, { headers: { host: 'evil.example' } }), 403);
  assert.equal(await status(pathname, { headers: { host, origin: 'http://evil.example' } }), 403);
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal(await status(pathname, { method }), 405);
  assert.equal(await status('/'), 404);
  assert.equal(await status(`/${token.replace(/./g, '0')}/`), 404);
  assert.equal(await status(`/${token}/study/..%2f..%2fetc`), 404);
});

test('a trial that is told appears, and what was typed stays', async () => {
  const { page, seen, close } = await open(browser, url);
  await page.waitForSelector('#table tbody tr[data-t="0"]');
  await page.locator('#find').fill('ok');
  const trial = tell(0.25);
  await page.waitForSelector(`#table tbody tr[data-t="${trial}"]`, { timeout: 20000 });
  assert.equal(await page.locator('#find').inputValue(), 'ok');
  assert.ok(await page.locator('#find').evaluate(find => find === document.activeElement), 'the cursor stays there');
  assert.match(await page.locator('#head .says').textContent(), new RegExp(`^Trial ${trial} is best`));
  assert.match(await page.locator('.sub').textContent(), /2 of 50 trials/);
  assert.deepEqual(seen.complaints, []);
  await assertAccessible(page);
  await close();
});

test('the list of studies leads to the study', async () => {
  const { page, seen, close } = await open(browser, url.replace(/study\/.*/, ''));
  await page.getByRole('link', { name: 'live' }).click();
  await page.waitForSelector('#head');
  assert.deepEqual(seen.complaints, []);
  await close();
});

test('a slow reader holds nobody up', async () => {
  const slow = request(url.replace(/\?.*/, '') + '/events?v=0');
  slow.on('response', answer => answer.pause());
  slow.on('error', () => {});
  slow.end();
  for (let n = 0; n < 5; n += 1) tell(0.3 + n / 100);
  assert.equal(await status(new URL(url).pathname), 200);
  slow.destroy();
});

test('a study that is damaged or deleted says so', async () => {
  const { page, close } = await open(browser, url);
  await page.waitForSelector('#head');
  writeFileSync(join(results, 'live', 'study.db'), 'this is no study');
  await page.waitForSelector('.banner', { timeout: 20000 });
  await page.reload();
  assert.match(await page.locator('h1').textContent(), /cannot be shown/);
  rmSync(join(results, 'live'), { recursive: true });
  await page.reload();
  assert.match(await page.locator('.says').textContent(), /deleted or moved/);
  await close();
});
