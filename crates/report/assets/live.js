// The live page: cards that changed come as events.
const say = text => $('.banner').textContent = text;
const source = new EventSource(document.body.dataset.events);
source.onopen = () => say('');
source.onerror = () => say('The program that serves this page has ended or cannot be reached.');
source.addEventListener('trouble', e => say(JSON.parse(e.data)));
source.addEventListener('cards', e => {
  const news = JSON.parse(e.data), main = $('main'), form = $('.filter'), at = document.activeElement, k = hot;
  say('');
  load(news.data);
  $('.sub').textContent = news.subtitle;
  news.order.forEach((id, i) => {
    if (!news.cards[id]) return;
    const old = document.getElementById(id), t = document.createElement('template');
    t.innerHTML = news.cards[id];
    const card = t.content.firstElementChild, open = old ? $$('details', old) : [];
    $$('details', card).forEach((d, j) => d.open = !!open[j]?.open);
    if (old) old.replaceWith(card); else main.insertBefore(card, main.children[i] || null);
  });
  $$('main > section').forEach(s => { if (!news.order.includes(s.id)) s.remove(); });
  // What was typed stays, and so does the cursor.
  if (form) { $('.filter')?.replaceWith(form); at.focus(); }
  hot = null;
  rows();
  if (k !== null && !tip.hidden) light(k, tip.offsetLeft, tip.offsetTop);
});
