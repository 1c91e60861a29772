// The live page: cards that changed come as events.
const say = text => {
  let b = $('.banner');
  if (!text) return b && b.remove();
  if (!b) { b = document.createElement('p'); b.className = 'banner'; b.setAttribute('role', 'status'); $('main').prepend(b); }
  b.textContent = text;
};
const source = new EventSource(document.body.dataset.events);
source.addEventListener('open', () => say(''));
source.addEventListener('error', () => say('The program that serves this page has ended or cannot be reached.'));
source.addEventListener('trouble', e => say(JSON.parse(e.data)));
source.addEventListener('cards', e => {
  const news = JSON.parse(e.data), main = $('main');
  say('');
  load(news.data);
  $('.sub').textContent = news.subtitle;
  const filter = $('.filter') && [...$('.filter').elements].map(x => [x.value, x.checked]);
  news.order.forEach((id, i) => {
    const old = document.getElementById(id), html = news.cards[id];
    if (html) {
      const t = document.createElement('template');
      t.innerHTML = html;
      const card = t.content.firstElementChild;
      const isOpen = old ? $$('details', old).map(d => d.open) : [];
      $$('details', card).forEach((d, j) => d.open = !!isOpen[j]);
      if (old) old.replaceWith(card); else main.insertBefore(card, main.children[i] || null);
    }
  });
  $$('main > section').forEach(s => { if (!news.order.includes(s.id)) s.remove(); });
  const k = hot;
  hot = null;
  dress();
  if ($('.filter') && filter) {
    [...$('.filter').elements].forEach((x, j) => { if (filter[j] && x.type !== 'button') [x.value, x.checked] = filter[j]; });
  }
  paint(); rows();
  if (k !== null && !tip.hidden) light(k, { x: tip.offsetLeft, y: tip.offsetTop });
});
