// What every page gets on top of plain HTML: no double sending, progress of files, appearance, focus on errors.
import './keep.js';
import { enhanceFiles } from './upload.js';

function onceOnly(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    const button = event.submitter || form.querySelector('button:not([type="button"])');
    if (button?.hasAttribute('data-leave-out') || event.defaultPrevented) return;
    form.dataset.sent = 'yes';
    button?.classList.add('is-busy');
    button?.setAttribute('aria-busy', 'true');
  });
}

/* A page taken back from the browser's memory may be sent again. */
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.querySelectorAll('.is-busy').forEach((button) => {
      button.classList.remove('is-busy');
      button.removeAttribute('aria-busy');
    });
  }
});

function themes(root) {
  for (const group of root.querySelectorAll('[data-themes]')) {
    group.addEventListener('click', (event) => {
      const button = event.target.closest('[data-theme-choice]');
      if (!button) return;
      const choice = button.dataset.themeChoice;
      if (choice) document.documentElement.dataset.theme = choice;
      else delete document.documentElement.dataset.theme;
      const secure = location.protocol === 'https:' ? '; Secure' : '';
      document.cookie = `akta-theme=${choice}; Path=/; SameSite=Lax; Max-Age=${choice ? 31536000 : 0}${secure}`;
      for (const other of document.querySelectorAll('[data-theme-choice]')) {
        other.setAttribute('aria-pressed', String(other.dataset.themeChoice === choice));
      }
    });
  }
}

/* A button that asks first opens its dialog; without scripts it simply sends. */
function dialogs(root) {
  for (const opener of root.querySelectorAll('[data-opens]')) {
    opener.addEventListener('click', (event) => {
      const dialog = document.getElementById(opener.dataset.opens);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const closer of root.querySelectorAll('dialog [data-closes]')) {
    closer.addEventListener('click', () => closer.closest('dialog').close());
  }
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-print]')) window.print();
});

/* Open menus close when the reader goes elsewhere. */
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

/* A choice that shows or hides other questions asks the server for the form again, keeping what was typed. */
function refreshing(form) {
  form.addEventListener('change', async (event) => {
    if (!event.target.matches('input[type="radio"], input[type="checkbox"], select')) return;
    const sent = new FormData(form);
    for (const input of form.querySelectorAll('input[type="file"]')) sent.delete(input.name);
    for (const upload of form.querySelectorAll('[data-files] input[type="hidden"]')) sent.append(upload.name, upload.value);
    sent.set('_refresh', '1');
    const asked = String(Number(form.dataset.asked || 0) + 1);
    form.dataset.asked = asked;
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(sent), credentials: 'same-origin' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('questions');
    const stale = form.querySelector('#questions');
    if (!fresh || !stale || form.dataset.asked !== asked) return;
    exchange(stale, fresh);
    form.dispatchEvent(new Event('akta:exchanged'));
  });
}

/* Only questions that came or went are exchanged: the others keep what was typed in them meanwhile. */
function exchange(stale, fresh) {
  const here = stale.querySelector('.form');
  const kept = new Map();
  for (const part of here.children) kept.set(outline(part), [...(kept.get(outline(part)) || []), part]);
  let next = here.firstElementChild;
  const removeUntil = (end) => {
    while (next && next !== end) {
      const gone = next;
      next = next.nextElementSibling;
      gone.remove();
    }
  };
  for (const part of fresh.querySelector('.form').children) {
    const known = kept.get(outline(part))?.shift();
    if (known) {
      removeUntil(known);
      next = known.nextElementSibling;
    } else {
      const added = document.importNode(part, true);
      here.insertBefore(added, next);
      enhanceFiles(added.parentElement);
    }
  }
  removeUntil(null);
}

function outline(part) {
  return part.querySelector('[name]')?.name || part.textContent.trim();
}

/* What scrolls sideways is reached by keyboard too; what fits is no stop on the way. */
function reachable(root) {
  for (const part of root.querySelectorAll('.table-frame')) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute('tabindex');
  }
  for (const hall of root.querySelectorAll('.hall')) hall.tabIndex = hall.scrollHeight > hall.clientHeight ? 0 : -1;
}

function begin() {
  document.querySelectorAll('form[data-once]').forEach(onceOnly);
  document.querySelectorAll('form[data-refreshes]').forEach(refreshing);
  themes(document);
  dialogs(document);
  enhanceFiles(document);
  reachable(document);
  document.querySelector('[data-focus]')?.focus();
  for (const toast of document.querySelectorAll('.toast')) setTimeout(() => toast.remove(), 8000);
}

begin();
window.addEventListener('resize', () => reachable(document));
if (document.body.dataset.live) import('./live.js');
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/service-worker.js').catch(() => {});
document.addEventListener('htmx:after:swap', () => enhanceFiles(document));

/* "Sent" is said once: a page loaded again, or kept as a bookmark, does not say it any more. */
if (new URLSearchParams(location.search).has('sent')) history.replaceState(history.state, '', location.pathname);
