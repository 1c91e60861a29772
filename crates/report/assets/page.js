'use strict';
(() => {
const $ = (q, r = document) => r.querySelector(q), $$ = (q, r = document) => [...r.querySelectorAll(q)];
const on = (kind, act) => document.addEventListener(kind, act);
const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
const draw = (to, name, attributes) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const a in attributes) e.setAttribute(a, attributes[a]);
  to.append(e);
};
const tip = $('#tip'), MOST = 200, brushes = new Map();
let data, col, sort = ['rank', 1], hot = null, drag = null;
const load = text => col = (data = JSON.parse(text)).columns;
load($('#data').textContent);

// Numbers as the program writes them.
const cell = (c, i) => {
  const v = col[c]?.[i], digits = c.startsWith('param_') ? 4 : 5;
  if (typeof v !== 'number' || Number.isInteger(v)) return String(v ?? '');
  const m = Math.floor(Math.log10(Math.abs(v)));
  return m < -4 || m >= 15 ? v.toExponential(digits - 1) : String(+v.toPrecision(Math.max(digits, m + 1)));
};

// Marks of a picture: keys are differences, and each mark begins with an M.
const read = svg => svg.marks ??= $$('[data-k]', svg).flatMap(p => {
  let k = 0;
  const ks = p.dataset.k.split(' ').map(d => k += +d), isLine = p.classList.contains('ln');
  const d = p.getAttribute('d').slice(1), parts = isLine && !ks[1] ? [d.replaceAll('M', 'L')] : d.split('M');
  return parts.map((d, i) => ({ k: ks[i], d, isLine, xy: d.split('L').map(s => s.split(' ').map(parseFloat)) }));
});
// A point is a line of no length.
const away = (xy, x, y) => Math.min(...xy.map(([a, b], i) => {
  const [c, d] = xy[i + 1] || xy[i], dx = c - a, dy = d - b;
  const t = clamp(((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(a + t * dx - x, b + t * dy - y);
}));
const place = (svg, e) => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());

// One trial, marked wherever it is drawn.
const row = k => $(`#table tr[data-t="${k}"]`);
const reveal = () => row(hot)?.scrollIntoView({ block: 'center' });
const light = (k, x, y) => {
  tip.hidden = k === null;
  if (k !== hot) {
    $$('.hit').forEach(e => e.remove());
    row(hot)?.classList.remove('hot');
    row(k)?.classList.add('hot');
    hot = k;
    if (k !== null) for (const svg of $$('.chart svg')) for (const m of read(svg)) if (m.k === k) {
      draw(svg, 'path', m.isLine ? { d: 'M' + m.d, class: 'hit' } : { d: `M${m.xy[0][0]} ${m.xy[0][1]}h0`, class: 'hit dot' });
    }
  }
  if (k === null) return;
  const i = col.trial.indexOf(k);
  tip.textContent = i < 0 ? `trial ${k}: under way` :
    [`trial ${k}, rank ${col.rank[i]}`, col.loss[i] === null ? col.state[i] : `loss ${cell('loss', i)}`,
      ...Object.keys(col).filter(c => c.startsWith('param_') && col[c][i] !== null).slice(0, 14)
        .map(c => `${c.slice(6)} = ${cell(c, i)}`)].join('\n');
  const h = tip.offsetHeight;
  tip.style.left = clamp(x + 16, 4, innerWidth - tip.offsetWidth - 4) + 'px';
  tip.style.top = Math.max(4, y + h + 20 > innerHeight ? y - h - 12 : y + 16) + 'px';
};
on('pointermove', e => {
  const svg = e.target.closest('.chart svg'), tr = e.target.closest('#table tbody tr');
  if (drag) {
    const y = place(drag.svg, e).y;
    brushes.set(drag.i, [Math.min(drag.y, y), Math.max(drag.y, y)]);
    paint();
  } else if (tr) light(+tr.dataset.t, e.clientX, e.clientY);
  else if (svg) {
    const p = place(svg, e);
    let k = null, near = 14;
    for (const m of read(svg)) { const d = away(m.xy, p.x, p.y); if (d < near) { near = d; k = m.k; } }
    light(k, e.clientX, e.clientY);
  } else if (e.pointerType === 'mouse') light(null);
});
on('click', e => {
  const c = e.target.closest('#table th')?.dataset.c;
  if (c) { sort = [c, sort[0] === c ? -sort[1] : 1]; rows(); } else if (e.target.closest('.chart svg')) reveal();
});

// Keys: arrows go from trial to trial, Enter to its row, Escape away.
on('keydown', e => {
  if (e.key === 'Escape') return light(null);
  const svg = e.target.matches?.('.chart') && $('svg', e.target), all = svg ? read(svg) : [];
  if (e.key === 'Enter' && svg) return reveal();
  const ks = [...new Set(all.map(m => m.k))].sort((a, b) => a - b), at = ks.indexOf(hot), last = ks.length - 1;
  const k = ks[{ ArrowRight: Math.min(last, at + 1), ArrowLeft: at < 0 ? last : Math.max(0, at - 1), Home: 0, End: last }[e.key]];
  if (k === undefined) return;
  e.preventDefault();
  const [x, y] = all.find(m => m.k === k).xy.at(-1), p = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  light(k, p.x, p.y);
});
on('focusout', e => { if (e.target.closest('.chart')) light(null); });

// Brushes along the axes of the parallel coordinates filter the table.
const where = (a, [from, to, absent], v) => {
  if (v === null) return absent;
  const u = a.values ? (a.values.indexOf(v) + .5) / a.values.length
    : a.log ? Math.log(v / a.low) / Math.log(a.high / a.low) : (v - a.low) / (a.high - a.low || 1);
  return from + clamp(u, 0, 1) * (to - from);
};
const axis = i => $(`#parallel .axis[data-axis="${i}"]`);
const paint = () => {
  $$('.brush').forEach(e => e.remove());
  for (const [i, [y, end]] of brushes) {
    const g = axis(i);
    if (g) draw(g, 'rect', { class: 'brush', x: g.dataset.x - 9, y, width: 18, height: end - y });
  }
};
on('pointerdown', e => {
  const svg = e.target.closest('#parallel .chart svg'), p = svg && !e.button && place(svg, e);
  const g = p && $$('.axis', svg).find(g => Math.abs(g.dataset.x - p.x) < 24);
  if (!g) return;
  light(null);
  drag = { svg, i: +g.dataset.axis, y: p.y };
  brushes.delete(drag.i);
  e.preventDefault();
});
on('pointerup', () => {
  if (!drag) return;
  const [y, end] = brushes.get(drag.i) || [0, 0];
  if (end - y < 4) brushes.delete(drag.i);
  drag = null;
  rows();
});

// The table: sorted and filtered from the data, the first rows of it in the page.
const rows = () => {
  const table = $('#table');
  if (!table) return;
  paint();
  const text = $('#find').value.toLowerCase(), isSet = $('#set').checked;
  const heads = $$('th', table), columns = Object.values(col), [key, way] = sort, by = col[key];
  const bounds = [...brushes].filter(([a]) => axis(a)).map(([a, ends]) => [data.axes[a], axis(a).dataset.span.split(' ').map(Number), ...ends]);
  const found = [...col.trial.keys()].filter(i => (!isSet || col.in_best_set[i]) &&
    columns.some(c => String(c[i] ?? '').toLowerCase().includes(text)) &&
    bounds.every(([a, span, low, high]) => {
      const y = where(a, span, col[a.column][i]);
      return y >= low && y <= high;
    }));
  // What has no value stands last, whichever way.
  found.sort((a, b) => (by[a] === null) - (by[b] === null) || way * ((by[a] > by[b]) - (by[a] < by[b])) || a - b);
  const body = document.createElement('tbody');
  for (const i of found.slice(0, MOST)) {
    const tr = body.insertRow();
    tr.dataset.t = col.trial[i];
    tr.tabIndex = -1;
    if (col.in_best_set[i]) tr.className = 'set';
    for (const th of heads) tr.insertCell().textContent = cell(th.dataset.c, i);
  }
  table.tBodies[0].replaceWith(body);
  $('#shown').textContent = found.length > MOST ? `first ${MOST} of ${found.length} that match` : `${found.length} of ${col.trial.length}`;
  for (const th of heads) th.ariaSort = th.dataset.c !== key ? null : way > 0 ? 'ascending' : 'descending';
};
on('input', rows);
// The form is empty only after the event.
on('reset', () => { brushes.clear(); setTimeout(rows); });
rows();

// LIVE
})();
