// The command palette: every place and every act of the page by a few letters (Ctrl+K).

const plain = (text) => text.normalize('NFKD').replace(/\p{Diacritic}/gu, '').replaceAll('ł', 'l').toLowerCase().trim();
const words = (element) => (element.dataset.command || element.textContent).replace(/\s+/g, ' ').trim();

function entries() {
  const places = [...document.querySelectorAll('.rail nav a')].map((link) => ({ words: words(link.querySelector('span') || link), go: () => link.click() }));
  const acts = [...document.querySelectorAll('main [data-command]')]
    .filter((button) => !button.disabled && button.offsetParent)
    .map((button) => ({ words: words(button), go: () => button.click(), act: true }));
  return [...acts, ...places];
}

function searches(dialog, typed) {
  if (!typed) return [];
  return [...dialog.querySelectorAll('template[data-search-in]')].map((one) => ({
    words: `${one.dataset.words} “${typed}”`,
    go: () => location.assign(one.dataset.searchIn + encodeURIComponent(typed))
  }));
}

function option(entry, place) {
  const item = document.createElement('li');
  item.id = `palette-${place}`;
  item.setAttribute('role', 'option');
  item.className = 'palette-entry';
  item.textContent = entry.words;
  return item;
}

export function palette(dialog) {
  const input = dialog.querySelector('input');
  const list = dialog.querySelector('[role="listbox"]');
  let shown = [];
  let chosen = 0;

  const mark = (place) => {
    chosen = Math.min(Math.max(place, 0), shown.length - 1);
    [...list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === chosen)));
    if (shown.length) {
      input.setAttribute('aria-activedescendant', `palette-${chosen}`);
      list.children[chosen].scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };
  const draw = () => {
    const typed = input.value.trim();
    const asked = plain(typed).split(/\s+/).filter(Boolean);
    const found = entries().filter((entry) => asked.every((part) => plain(entry.words).includes(part)));
    shown = [...found, ...searches(dialog, typed)];
    list.replaceChildren(...shown.map(option));
    mark(0);
  };
  const go = () => {
    const entry = shown[chosen];
    if (!entry) return;
    dialog.close();
    entry.go();
  };

  input.addEventListener('input', draw);
  input.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) mark(chosen + by);
    else if (event.key === 'Enter') go();
    else return;
    event.preventDefault();
  });
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[role="option"]');
    if (!item) return;
    mark([...list.children].indexOf(item));
    go();
  });
  return () => {
    input.value = '';
    draw();
    dialog.showModal();
  };
}
