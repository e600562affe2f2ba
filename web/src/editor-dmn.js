// The editor of decision tables, expressions and requirement graphs: dmn-js.
import Modeler from 'dmn-js/lib/Modeler';

import './editor-dmn.css';
import { DraftFile } from './draft_file.js';
import { translation } from './translation.js';

const host = document.querySelector('[data-draft-file]');
const views = document.querySelector('[data-views]');
const words = translation(JSON.parse(host.dataset.words || '{}'));
const common = { additionalModules: [words] };
const modeler = new Modeler({
  container: host,
  drd: common,
  decisionTable: common,
  literalExpression: common,
  boxedExpression: common
});
let drawn = false;

const file = new DraftFile(host, {
  read: async () => (await modeler.saveXML({ format: true })).xml,
  show: async (text) => {
    const before = modeler.getActiveView()?.element?.id;
    drawn = text.includes('DMNShape');
    await modeler.importXML(text, { open: false });
    const all = modeler.getViews();
    await modeler.open(all.find(({ element }) => element.id === before) || all.find(({ type }) => drawn === (type === 'drd')) || all[0]);
  },
  undo: () => step('canUndo', 'undo'),
  redo: () => step('canRedo', 'redo')
});

function step(may, act) {
  const stack = modeler.getActiveViewer()?.get('commandStack', false);
  if (!stack?.[may]()) return false;
  stack[act]();
  return true;
}

/* One button for each table; the graph has one where somebody drew it. */
modeler.on('views.changed', ({ views: all, activeView }) => {
  views.replaceChildren(...all.filter(({ type }) => type !== 'drd' || drawn).map((view) => {
    const label = view.type === 'drd' ? views.dataset.graph : view.name || view.id;
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button button-quiet button-small', textContent: label });
    button.setAttribute('aria-pressed', String(view.element === activeView?.element));
    button.onclick = () => modeler.open(view);
    return button;
  }));
});
modeler.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', () => file.changed()));

file.open().catch(() => host.classList.add('is-broken'));
