// The clerk's keys and the splitter: everything here also works with the mouse and without scripts.

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

/* The first decision is the one for a clean task; the button gets the focus, so that Enter sends it. */
function accept() {
  const first = document.querySelector('#task-form input[type="radio"]:enabled');
  if (!first) return;
  first.click();
  document.querySelector('[data-key="complete"]')?.focus();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: accept,
  c: () => document.querySelector('[data-key="c"]')?.click(),
  '/': () => document.querySelector('[data-search]')?.focus(),
  '?': () => document.getElementById('keys')?.showModal()
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

function splitter(bar) {
  const frame = bar.parentElement;
  const kept = Number(localStorage.getItem('akta-split'));
  const place = (share) => {
    const bounded = Math.min(Math.max(share, 25), 75);
    frame.style.setProperty('--split', `${bounded}%`);
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
