// The clerk's keys and the splitter: everything here also works with the mouse and without scripts.
import { palette } from './palette.js';

const rows = () => [...document.querySelectorAll('.work-row')];
const typing = (target) => target.closest('input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable]');

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row === document.activeElement);
  const from = here >= 0 ? here : all.findIndex((row) => row.hasAttribute('aria-current'));
  const next = all[Math.min(Math.max(from + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/* Decisions have the numbers they stand in; the first is the one for a clean task. The button gets the focus, so that
   Enter sends it. */
function decide(place) {
  const chosen = document.querySelectorAll('#task-form input[type="radio"]:enabled')[place];
  if (!chosen) return;
  chosen.click();
  document.querySelector('[data-key="complete"]')?.focus();
}

const press = (key) => () => document.querySelector(`[data-key="${key}"]`)?.click();
const open = palette(document.getElementById('palette'));

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => decide(0),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, place) => [`${place + 1}`, () => decide(place)])),
  c: press('c'),
  r: press('r'),
  u: press('back'),
  '/': () => document.querySelector('[data-search]')?.focus(),
  '?': () => document.getElementById('keys').showModal()
};

/* Whoever speaks to the machine, or rests a hand on it, turns single keys off (WCAG 2.1.4); those with Ctrl stay. */
const OFF = 'akta-keys-off';
const single = document.querySelector('[data-single-keys]');
if (single) {
  single.checked = !localStorage.getItem(OFF);
  single.addEventListener('change', () => {
    if (single.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, 'yes');
  });
}

document.addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]')) return;
  const strong = event.ctrlKey || event.metaKey;
  if (strong && event.key === 'k') open();
  else if (strong && event.key === 'Enter' && document.querySelector('[data-key="complete"]')) press('complete')();
  else if (strong || event.altKey || typing(event.target) || localStorage.getItem(OFF) || !keys[event.key]) return;
  else keys[event.key]();
  event.preventDefault();
});

document.querySelector('[data-opens-palette]')?.addEventListener('click', open);

/* A filter takes effect when it is chosen. */
document.querySelector('[data-filters]')?.addEventListener('change', (event) => {
  if (event.target.matches('[data-filter]')) event.currentTarget.requestSubmit();
});

function splitter(bar) {
  const frame = bar.parentElement;
  const kept = Number(localStorage.getItem('akta-split'));
  const place = (share) => {
    const bounded = Math.min(Math.max(share, 25), 75);
    document.documentElement.style.setProperty('--split', `${bounded}%`);
    bar.setAttribute('aria-valuenow', Math.round(bounded));
    return bounded;
  };
  let share = place(kept >= 25 && kept <= 75 ? kept : 46);
  const keep = () => localStorage.setItem('akta-split', String(Math.round(share)));
  bar.addEventListener('pointerdown', (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener('pointermove', (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const box = frame.getBoundingClientRect();
    share = place(((event.clientX - box.left) / box.width) * 100);
  });
  bar.addEventListener('pointerup', keep);
  bar.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (!by) return;
    event.preventDefault();
    share = place(share + by);
    keep();
  });
}

/* On arriving at a task the focus is where the work begins: the first question, or the button that takes it. */
function arrive() {
  if (document.querySelector('[data-focus]') || !document.querySelector('.task')) return;
  const first = document.querySelector('#task-form :is(input:not([type="hidden"]), select, textarea):enabled');
  (first || document.querySelector('.task-bar [data-key="c"]'))?.focus({ preventScroll: true });
}

arrive();
document.querySelectorAll('.splitter').forEach(splitter);
