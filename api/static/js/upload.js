// Sends each chosen file at once, with its progress, and keeps its number in the form instead of the file.

function line(field, file) {
  const item = document.createElement('li');
  item.className = 'file';
  const name = document.createElement('span');
  name.className = 'file-name';
  name.textContent = file.name;
  const remove = document.createElement('button');
  remove.type = 'button';
  remove.className = 'button button-quiet button-small';
  remove.textContent = field.dataset.remove;
  const progress = document.createElement('progress');
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute('aria-label', `${field.dataset.sending}: ${file.name}`);
  const mark = document.createElement('span');
  item.append(mark, name, remove, progress);
  return { item, remove, progress, mark };
}

function failed(parts, sentence) {
  parts.progress.remove();
  const words = document.createElement('p');
  words.className = 'error';
  words.setAttribute('role', 'alert');
  words.textContent = sentence;
  parts.item.append(words);
}

function kept(field, parts, id) {
  parts.progress.remove();
  parts.mark.replaceWith(field.querySelector('template').content.cloneNode(true));
  const hidden = document.createElement('input');
  hidden.type = 'hidden';
  hidden.name = field.dataset.files;
  hidden.value = id;
  parts.item.append(hidden);
}

function sentenceOf(request, field) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.detail || problem.title || field.dataset.failed;
  } catch {
    return field.dataset.failed;
  }
}

function send(field, file) {
  const parts = line(field, file);
  const list = field.querySelector('[data-list]');
  if (!field.hasAttribute('data-multiple')) list.replaceChildren();
  list.append(parts.item);
  const form = field.closest('form');
  const request = new XMLHttpRequest();
  parts.remove.addEventListener('click', () => {
    request.abort();
    parts.item.remove();
  });
  if (file.size > Number(field.dataset.limit)) {
    failed(parts, field.dataset.tooLarge);
    return;
  }
  request.upload.addEventListener('progress', (event) => {
    if (event.lengthComputable) parts.progress.value = event.loaded / event.total;
  });
  request.addEventListener('load', () => {
    if (request.status >= 200 && request.status < 300) kept(field, parts, JSON.parse(request.responseText).id);
    else failed(parts, sentenceOf(request, field));
  });
  request.addEventListener('error', () => failed(parts, field.dataset.failed));
  const address = new URL(field.dataset.upload, location.href);
  address.searchParams.set('name', file.name);
  address.searchParams.set('field', field.dataset.files);
  request.open('POST', address);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('Accept', 'application/json');
  request.setRequestHeader('X-CSRF-Token', form.querySelector('[name="csrf"]')?.value || '');
  request.send(file);
}

function take(field, input, files) {
  for (const file of field.hasAttribute('data-multiple') ? files : [...files].slice(0, 1)) send(field, file);
  input.value = '';
}

function enhance(field) {
  field.dataset.begun = 'yes';
  const input = field.querySelector('input[type="file"]');
  const drop = field.querySelector('[data-drop]');
  input.addEventListener('change', () => take(field, input, input.files));
  field.addEventListener('click', (event) => {
    const leave = event.target.closest('[data-leave-out]');
    if (!leave) return;
    event.preventDefault();
    leave.closest('.file').remove();
  });
  for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add('is-over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('is-over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('is-over');
    take(field, input, event.dataTransfer.files);
  });
}

export function enhanceFiles(root) {
  root.querySelectorAll('[data-files]:not([data-begun])').forEach(enhance);
}
