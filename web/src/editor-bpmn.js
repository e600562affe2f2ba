// The diagram editor: bpmn-js with properties, element templates of the registered handlers, search, map and copying.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel';
import { CloudElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import ZeebeBehaviorsModule from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import minimap from 'diagram-js-minimap';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';

import './editor-bpmn.css';
import { chooser } from './chooser.js';
import { copying } from './copying.js';
import { DraftFile } from './draft_file.js';
import { problems } from './problems.js';
import { translation } from './translation.js';

const OURS = 'akta:';
const TOOLS = 120;
const TEMPLATE = /\s+zeebe:modelerTemplate(?:Version|Icon)?="[^"]*"/g;

const host = document.querySelector('[data-draft-file]');
const modeler = new Modeler({
  container: host,
  propertiesPanel: { parent: document.querySelector('[data-properties]') },
  additionalModules: [
    BpmnPropertiesPanelModule,
    BpmnPropertiesProviderModule,
    ZeebePropertiesProviderModule,
    CloudElementTemplatesPropertiesProviderModule,
    ZeebeBehaviorsModule,
    minimap,
    translation(JSON.parse(host.dataset.words || '{}'))
  ],
  moddleExtensions: { zeebe },
  bpmnRenderer: {
    defaultFillColor: 'var(--diagram-fill)',
    defaultStrokeColor: 'var(--diagram-line)',
    defaultLabelColor: 'var(--diagram-text)'
  }
});
const service = (name) => modeler.get(name);

const file = new DraftFile(host, {
  /* Which template a service task shows follows from its handler, so the file does not say it a second time. */
  read: async () => (await modeler.saveXML({ format: true })).xml.replace(TEMPLATE, ''),
  show: async (text) => {
    const before = host.classList.contains('is-drawn') && service('canvas').viewbox();
    await modeler.importXML(text);
    if (before) service('canvas').viewbox(before);
    else fit();
    recognise();
    checked();
  },
  undo: () => step('canUndo', 'undo'),
  redo: () => step('canRedo', 'redo'),
  checked
});

/* The whole diagram, beside the tools that lie over it. */
function fit() {
  const canvas = service('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const { x, y, width, height } = canvas.viewbox();
  const share = TOOLS / host.clientWidth;
  canvas.viewbox({ x: x - width * share, y, width: width * (1 + share), height: height * (1 + share) });
}

function step(may, act) {
  const stack = service('commandStack');
  if (!stack[may]()) return false;
  stack[act]();
  return true;
}

/* A service task whose handler is registered shows that handler's fields. */
function recognise() {
  const templates = service('elementTemplates');
  for (const element of service('elementRegistry').filter(({ type }) => type === 'bpmn:ServiceTask')) {
    const extensions = element.businessObject.get('extensionElements')?.get('values') || [];
    const handler = extensions.find((one) => one.$type === 'zeebe:TaskDefinition')?.type;
    const [template] = handler ? templates.getLatest(`${OURS}${handler}`) : [];
    if (!template) continue;
    element.businessObject.set('zeebe:modelerTemplate', template.id);
    element.businessObject.set('zeebe:modelerTemplateVersion', template.version);
  }
}

let marked = [];

/* What the list of problems names is marked on the diagram. */
function checked() {
  const canvas = service('canvas');
  const registry = service('elementRegistry');
  for (const id of marked.filter((each) => registry.get(each))) canvas.removeMarker(id, 'akta-failed');
  const named = [...document.querySelectorAll('[data-problems] [data-elements]')].flatMap((one) => one.dataset.elements.split(' '));
  marked = [...new Set(named)].filter((id) => registry.get(id));
  for (const id of marked) canvas.addMarker(id, 'akta-failed');
}

async function begin() {
  modeler.on('elementTemplates.errors', ({ errors }) => errors.forEach((error) => console.warn(error.message)));
  const answer = await fetch(host.dataset.templates, { credentials: 'same-origin' });
  if (answer.ok) service('elementTemplatesLoader').setTemplates(await answer.json());
  chooser(modeler);
  copying(modeler);
  modeler.on('commandStack.changed', () => file.changed());
  problems(modeler, host);
  await file.open();
}

begin().catch(() => host.classList.add('is-broken'));
