'use strict';
(() => {
const $ = (q, r = document) => r.querySelector(q), $$ = (q, r = document) => [...r.querySelectorAll(q)];
const tip = $('#tip'), MOST = 200;
let data, col, rowOf, sort = ['rank', 1], brushes = new Map(), hot = null;
const load = text => {
  data = JSON.parse(text); col = data.columns;
  rowOf = new Map(col.trial.map((t, i) => [t, i]));
};
load($('#data').textContent);

// Numbers as the program writes them.
const show = (v, d = 4) => {
  if (v === null || v === undefined) return '';
  if (typeof v !== 'number' || Number.isInteger(v)) return String(v);
  const m = Math.floor(Math.log10(Math.abs(v)));
  if (m < -4 || m >= 15) return v.toExponential(d - 1);
  const s = v.toFixed(Math.max(0, d - 1 - m));
  return s.includes('.') ? s.replace(/0+$/, '').replace(/\.$/, '') : s;
};
const cell = (c, i) => c in col ? show(col[c][i], c.startsWith('param_') ? 4 : 5) : '';

// Marks of a picture: keys are differences, and each mark begins with an M.
const marks = new WeakMap();
const read = svg => {
  if (marks.has(svg)) return marks.get(svg);
  const found = [];
  for (const p of $$('[data-k]', svg)) {
    let k = 0;
    const ks = p.dataset.k.split(' ').map(d => k += +d), isLine = p.classList.contains('ln');
    let parts = p.getAttribute('d').split('M').slice(1);
    if (isLine && ks.length === 1) parts = [parts.join('L')];
    parts.forEach((d, i) => {
      const xy = (isLine ? d : d.match(/^[-\d.]+ [-\d.]+/)[0]).split('L').map(s => s.split(' ').map(Number));
      found.push({ k: ks[i], d: 'M' + d, xy, isLine });
    });
  }
  marks.set(svg, found);
  return found;
};
const away = (m, x, y) => {
  if (!m.isLine) return Math.hypot(m.xy[0][0] - x, m.xy[0][1] - y);
  let best = 1e9;
  for (let i = 1; i < m.xy.length; i++) {
    const [a, b] = m.xy[i - 1], dx = m.xy[i][0] - a, dy = m.xy[i][1] - b;
    const t = Math.max(0, Math.min(1, ((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(a + t * dx - x, b + t * dy - y));
  }
  return best;
};
const place = (svg, e) => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());

// One trial, marked wherever it is drawn.
const light = (k, at) => {
  if (k !== hot) {
    hot = k;
    $$('.hit').forEach(e => e.remove());
    $$('tr.hot').forEach(e => e.classList.remove('hot'));
    if (k !== null) {
      for (const svg of $$('.chart svg')) for (const m of read(svg)) if (m.k === k) {
        const p = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        p.setAttribute('d', m.isLine ? m.d : `M${m.xy[0].join(' ')}h0`);
        p.setAttribute('class', m.isLine ? 'hit' : 'hit dot');
        svg.append(p);
      }
      const tr = $(`#table tr[data-t="${k}"]`);
      if (tr) tr.classList.add('hot');
    }
  }
  tip.hidden = k === null;
  if (k === null) return;
  const i = rowOf.get(k);
  tip.textContent = i === undefined ? `trial ${k}: under way` :
    `trial ${k}, rank ${col.rank[i]}\n` + (col.loss[i] === null ? col.state[i] : `loss ${cell('loss', i)}`) + '\n' +
    Object.keys(col).filter(c => c.startsWith('param_') && col[c][i] !== null).slice(0, 14)
      .map(c => `${c.slice(6)} = ${cell(c, i)}`).join('\n');
  const w = tip.offsetWidth, h = tip.offsetHeight;
  tip.style.left = Math.max(4, Math.min(innerWidth - w - 4, at.x + 16)) + 'px';
  tip.style.top = Math.max(4, at.y + h + 20 > innerHeight ? at.y - h - 12 : at.y + 16) + 'px';
};
document.addEventListener('pointermove', e => {
  const svg = e.target.closest('.chart svg'), tr = e.target.closest('#table tbody tr');
  if (tr) return light(+tr.dataset.t, { x: e.clientX, y: e.clientY });
  if (!svg || drag) return hot !== null && e.pointerType === 'mouse' ? light(null) : undefined;
  const p = place(svg, e);
  let best = null, near = 14;
  for (const m of read(svg)) { const d = away(m, p.x, p.y); if (d < near) { near = d; best = m; } }
  light(best ? best.k : null, { x: e.clientX, y: e.clientY });
});
document.addEventListener('click', e => {
  if (hot !== null && e.target.closest('.chart svg')) reveal(hot);
});
const reveal = k => {
  const tr = $(`#table tr[data-t="${k}"]`);
  if (tr) tr.scrollIntoView({ block: 'center' });
};

// Keys: arrows go from trial to trial, Enter to its row, Escape away.
document.addEventListener('keydown', e => {
  if (e.key === 'Escape') return light(null);
  const box = e.target.closest && e.target.closest('.chart'), svg = box && $('svg', box);
  if (!svg || e.target !== box) return;
  const ks = [...new Set(read(svg).map(m => m.k))].sort((a, b) => a - b);
  if (!ks.length) return;
  const at = ks.indexOf(hot), last = ks.length - 1;
  const next = { ArrowRight: at < 0 ? 0 : Math.min(last, at + 1), ArrowLeft: at < 0 ? last : Math.max(0, at - 1), Home: 0, End: last }[e.key];
  if (e.key === 'Enter' && hot !== null) return reveal(hot);
  if (next === undefined) return;
  e.preventDefault();
  const m = read(svg).find(m => m.k === ks[next]), c = svg.getScreenCTM(), [x, y] = m.xy[m.xy.length - 1];
  light(ks[next], { x: c.a * x + c.e, y: c.d * y + c.f });
});
document.addEventListener('focusout', e => { if (e.target.closest('.chart')) light(null); });

// Brushes along the axes of the parallel coordinates filter the table.
let drag = null;
const where = (a, v) => {
  const [from, to, absent] = a.span;
  if (v === null) return absent;
  const u = a.values ? (a.values.findIndex(x => x === v) + .5) / a.values.length
    : a.log ? Math.log(v / a.low) / Math.log(a.high / a.low) : (v - a.low) / (a.high - a.low || 1);
  return from + Math.max(0, Math.min(1, u)) * (to - from);
};
const paint = () => {
  $$('.brush').forEach(e => e.remove());
  for (const [i, [y0, y1]] of brushes) {
    const g = $(`#parallel .axis[data-axis="${i}"]`);
    if (!g) continue;
    const r = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [n, v] of Object.entries({ class: 'brush', x: g.dataset.x - 9, y: Math.min(y0, y1), width: 18, height: Math.abs(y1 - y0) })) r.setAttribute(n, v);
    g.append(r);
  }
};
document.addEventListener('pointerdown', e => {
  const svg = e.target.closest('#parallel .chart svg');
  if (!svg || e.button) return;
  const p = place(svg, e), g = $$('.axis', svg).find(g => Math.abs(g.dataset.x - p.x) < 24);
  if (!g) return;
  drag = { svg, i: +g.dataset.axis, y: p.y };
  light(null);
  e.preventDefault();
});
document.addEventListener('pointermove', e => {
  if (!drag) return;
  brushes.set(drag.i, [drag.y, place(drag.svg, e).y]);
  paint();
});
document.addEventListener('pointerup', () => {
  if (!drag) return;
  const b = brushes.get(drag.i);
  if (b && Math.abs(b[0] - b[1]) < 4 || !b) brushes.delete(drag.i);
  drag = null;
  paint(); rows();
});

// The table: sorted and filtered from the data, the first rows of it in the page.
const rows = () => {
  const table = $('#table');
  if (!table) return;
  const text = $('#find').value.toLowerCase(), state = $('#state').value, isSet = $('#set').checked;
  const cols = $$('th', table).map(th => th.dataset.c), names = Object.keys(col);
  const axes = $$('#parallel .axis').map(g => ({ ...data.axes[g.dataset.axis], span: g.dataset.span.split(' ').map(Number) }));
  const passes = i => (!state || col.state[i] === state) && (!isSet || col.in_best_set[i] === true) &&
    (!text || names.some(c => String(col[c][i] ?? '').toLowerCase().includes(text))) &&
    [...brushes].every(([a, [y0, y1]]) => {
      const y = axes[a] && where(axes[a], col[axes[a].column][i]);
      return y >= Math.min(y0, y1) && y <= Math.max(y0, y1);
    });
  const found = col.trial.map((_, i) => i).filter(passes), [key, way] = sort, by = col[key];
  found.sort((a, b) => {
    const x = by[a], y = by[b];
    if (x === null || y === null) return (x === null) - (y === null) || a - b;
    return way * (x < y ? -1 : x > y ? 1 : 0) || a - b;
  });
  const body = document.createElement('tbody');
  for (const i of found.slice(0, MOST)) {
    const tr = body.insertRow();
    tr.dataset.t = col.trial[i];
    tr.tabIndex = -1;
    if (col.in_best_set[i] === true) tr.className = 'set';
    for (const c of cols) tr.insertCell().textContent = cell(c, i);
  }
  table.tBodies[0].replaceWith(body);
  const n = col.trial.length;
  $('#shown').textContent = found.length > MOST ? `first ${MOST} of ${found.length} that match` : `${found.length} of ${n}`;
  for (const th of $$('th', table)) {
    if (th.dataset.c === key) th.setAttribute('aria-sort', way > 0 ? 'ascending' : 'descending');
    else th.removeAttribute('aria-sort');
  }
};
const dress = () => {
  // The browser's own tooltip of a picture's title would lie over ours.
  for (const t of $$('.chart svg > title')) {
    t.parentNode.setAttribute('aria-label', t.textContent);
    t.parentNode.removeAttribute('aria-labelledby');
    t.remove();
  }
  const form = $('.filter');
  if (!form || !form.hidden) return;
  form.hidden = false;
  form.addEventListener('submit', e => e.preventDefault());
  form.addEventListener('input', rows);
  $('#clear').addEventListener('click', () => { form.reset(); brushes.clear(); paint(); rows(); });
  for (const th of $$('#table th')) {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = th.textContent;
    b.addEventListener('click', () => { sort = [th.dataset.c, sort[0] === th.dataset.c ? -sort[1] : 1]; rows(); });
    th.replaceChildren(b);
  }
  rows();
};
dress();

// LIVE
})();
