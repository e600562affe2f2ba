// The form editor: form-js to put a form together; how it will look is asked of the server, which draws every form.
import { FormEditor } from '@bpmn-io/form-js-editor';

import './editor-form.css';
import { DraftFile } from './draft_file.js';
import { translation } from './translation.js';

const host = document.querySelector('[data-draft-file]');
const editor = new FormEditor({
  container: host,
  additionalModules: [translation(JSON.parse(host.dataset.words || '{}'))]
});
const file = new DraftFile(host, {
  read: () => `${JSON.stringify(tidy(editor.saveSchema()), null, 2)}\n`,
  show: (text) => editor.importSchema(named(JSON.parse(text))),
  undo: () => step('canUndo', 'undo'),
  redo: () => step('canRedo', 'redo')
});

/* A component without an id gets one that every editor would give it, so that two people's forms can be joined. */
function named(form, parent = '') {
  (form.components || []).forEach((component, number) => {
    component.id ||= `Field_${component.key || `${parent}_${number}`}`;
    named(component, component.key || component.id);
  });
  return form;
}

/* The editor gives every field a row with a name of chance; only a row that holds several says something. */
function tidy(form) {
  const rows = (form.components || []).map(({ layout }) => layout?.row);
  for (const component of form.components || []) {
    const { row, columns } = component.layout || {};
    if (!columns && rows.filter((other) => other === row).length === 1) delete component.layout;
    tidy(component);
  }
  return form;
}

function step(may, act) {
  const stack = editor.get('commandStack');
  if (!stack[may]()) return false;
  stack[act]();
  return true;
}

const dialog = document.querySelector('[data-preview]');

async function preview(language) {
  await file.save();
  const answer = await fetch(`${dialog.dataset.preview}&language=${language}`, { credentials: 'same-origin' });
  dialog.querySelector('[data-preview-here]').innerHTML = await answer.text();
  for (const button of dialog.querySelectorAll('[data-language]')) button.setAttribute('aria-pressed', String(button.dataset.language === language));
}

document.querySelector('[data-previews]').onclick = () => {
  dialog.showModal();
  preview(dialog.querySelector('[data-language]').dataset.language);
};
for (const button of dialog.querySelectorAll('[data-language]')) button.onclick = () => preview(button.dataset.language);

editor.on('changed', () => file.changed());
file.open().catch(() => host.classList.add('is-broken'));
