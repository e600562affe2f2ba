// Says that what is shown has changed elsewhere: counters at once, the rest when the reader asks for it.

const body = document.body;
let shown = body.dataset.happened === undefined ? null : Number(body.dataset.happened);
let source;

/* Counters are exchanged in place: they are as wide as before, so nothing moves. */
function count(counters) {
  let changed = false;
  for (const [queue, number] of Object.entries(counters)) {
    for (const place of document.querySelectorAll(`.rail-link[href$="?queue=${queue}"] .count`)) {
      if (place.textContent === String(number)) continue;
      place.textContent = number;
      if (queue === 'late') place.classList.toggle('count-late', number > 0);
      changed = true;
    }
  }
  return changed;
}

/* The word stands over the page and waits: nothing is exchanged under somebody who reads, points or types. */
function tell() {
  const region = document.querySelector('[data-toasts]');
  if (region.querySelector('[data-again]')) return;
  const word = document.getElementById('changed').content.cloneNode(true);
  word.querySelector('[data-again]').addEventListener('click', (event) => {
    event.preventDefault();
    location.reload();
  });
  region.append(word);
}

/* A list that nobody points at or stands in renews itself. */
function renew() {
  const list = document.querySelector('#work[hx-get]');
  if (!list || list.matches(':hover, :focus-within')) return false;
  document.body.dispatchEvent(new Event('akta:work'));
  return true;
}

function take({ counters, happened }) {
  const counted = counters ? count(counters) : false;
  if (shown === null) {
    if (counted && document.getElementById('work') && !renew()) tell();
  } else if (happened !== shown) {
    shown = happened;
    if (!document.querySelector('[hx-trigger^="every"]')) tell();
  }
}

function open() {
  if (source || document.hidden) return;
  source = new EventSource(body.dataset.live);
  source.addEventListener('now', (event) => take(JSON.parse(event.data)));
  source.addEventListener('end', close);
}

function close() {
  source?.close();
  source = null;
}

/* Only what is in sight follows: a browser opens few connections to one server at once. */
document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
window.addEventListener('pagehide', close);
window.addEventListener('pageshow', open);
open();
