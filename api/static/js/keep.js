// What is typed is not lost: it stays in this tab until it was taken, and a clerk's also with the server.

const SENT = 'akta-sent';
const LEFT_OUT = new Set(['csrf', 'version', 'list', 'submission_key']);
const place = (form) => `akta-typed:${new URL(form.action).pathname}`;

function typed(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (LEFT_OUT.has(name) || typeof value !== 'string' || form.querySelector(`[data-files="${CSS.escape(name)}"]`)) continue;
    (found[name] ||= []).push(value);
  }
  return found;
}

function fill(form, kept) {
  const changed = [];
  for (const field of form.elements) {
    if (!field.name || LEFT_OUT.has(field.name) || field.type === 'file' || field.type === 'hidden' || !(field.name in kept)) continue;
    const values = kept[field.name];
    if (field.type === 'radio' || field.type === 'checkbox') {
      const wanted = values.includes(field.value);
      if (field.checked !== wanted) {
        field.checked = wanted;
        changed.push(field);
      }
    } else if (field.value !== (values[0] ?? '')) {
      field.value = values[0] ?? '';
      if (field.tagName === 'SELECT') changed.push(field);
    }
  }
  return changed;
}

function say(form, words) {
  const status = document.querySelector('[data-kept-words]');
  if (status) status.textContent = words;
}

async function send(form) {
  const answer = await fetch(form.dataset.draft, {
    method: 'PUT',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': form.querySelector('[name="csrf"]').value },
    body: JSON.stringify({ answers: typed(form) })
  });
  say(form, answer.ok ? form.dataset.saved : form.dataset.local);
}

function keep(form) {
  let waiting;
  const now = () => {
    sessionStorage.setItem(place(form), JSON.stringify(typed(form)));
    clearTimeout(waiting);
    if (form.dataset.draft) waiting = setTimeout(() => send(form).catch(() => say(form, form.dataset.local)), 800);
  };
  form.addEventListener('input', now);
  form.addEventListener('change', now);
  form.addEventListener('submit', () => {
    clearTimeout(waiting);
    sessionStorage.setItem(place(form), JSON.stringify(typed(form)));
    sessionStorage.setItem(SENT, place(form));
  });
  /* A page that complains shows what was sent; every other one is filled with what this tab still has. */
  const kept = JSON.parse(sessionStorage.getItem(place(form)) || 'null');
  if (!kept || document.getElementById('errors')) return;
  const again = () => fill(form, kept).forEach((field) => field.dispatchEvent(new Event('change', { bubbles: true })));
  form.addEventListener('akta:exchanged', () => fill(form, kept), { once: true });
  again();
}

/* What was sent is forgotten once a page comes that neither asks for it again nor says that it was not taken. */
function forget(forms) {
  const sent = sessionStorage.getItem(SENT);
  if (!sent || document.querySelector('[data-keeps]')) return;
  sessionStorage.removeItem(SENT);
  if (!forms.some((form) => place(form) === sent)) sessionStorage.removeItem(sent);
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-forget]')) return;
  for (const form of document.querySelectorAll('form[data-keep]')) sessionStorage.removeItem(place(form));
});

const forms = [...document.querySelectorAll('form[data-keep]')];
forget(forms);
forms.forEach(keep);
