// The diagram island: draws a BPMN model read-only, marks where tokens stand and how many cases wait there.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import './diagram.css';
import { problems } from './problems.js';

const FIT = 'fit-viewport';
const MARKS = [
  ['done', 'akta-done'],
  ['active', 'akta-active'],
  ['failed', 'akta-failed'],
  ['changed', 'akta-changed'],
  ['missed', 'akta-missed']
];

async function draw(host) {
  const viewer = new NavigatedViewer({
    container: host,
    bpmnRenderer: {
      defaultFillColor: 'var(--diagram-fill)',
      defaultStrokeColor: 'var(--diagram-line)',
      defaultLabelColor: 'var(--diagram-text)'
    }
  });
  const answer = await fetch(host.dataset.diagram, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  await viewer.importXML(await answer.text());
  mark(viewer, host);
  show(viewer, host);
  controls(viewer, host);
  problems(viewer, host);
  host.classList.add('is-drawn');
}

function mark(viewer, host) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [attribute, marker] of MARKS) {
    for (const id of (host.dataset[attribute] || '').split(' ').filter((name) => registry.get(name))) {
      canvas.addMarker(id, marker);
    }
  }
  const counts = JSON.parse(host.dataset.counts || '{}');
  for (const [id, count] of Object.entries(counts).filter(([name]) => registry.get(name))) {
    const badge = document.createElement('span');
    badge.className = 'diagram-count';
    badge.textContent = count;
    badge.title = (host.dataset.countLabel || '%d').replace('%d', count);
    overlays.add(id, { position: { top: -12, right: 12 }, html: badge });
    canvas.addMarker(id, 'akta-active');
  }
}

/* Fits the whole model; when that would make words unreadable, shows it at a readable size around the token. */
function show(viewer, host) {
  const canvas = viewer.get('canvas');
  canvas.zoom(FIT, 'auto');
  canvas.zoom(Math.min(canvas.zoom() * 0.95, 1), 'auto');
  const active = (host.dataset.active || host.dataset.failed || host.dataset.changed || '').split(' ')[0];
  const element = active && viewer.get('elementRegistry').get(active);
  if (canvas.zoom() < 0.55 && element) centre(canvas, element, 0.8);
  else if (canvas.zoom() < 0.5) fromTheBeginning(canvas, 0.55);
}

/* Too wide to read whole: begin where the process begins, in the middle of the height. */
function fromTheBeginning(canvas, scale) {
  const { outer, inner } = canvas.viewbox();
  const height = outer.height / scale;
  const y = inner.height < height ? inner.y - (height - inner.height) / 2 : inner.y - 20;
  canvas.viewbox({ x: inner.x - 20, y, width: outer.width / scale, height });
}

function centre(canvas, element, scale) {
  const { outer } = canvas.viewbox();
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({
    x: element.x + element.width / 2 - width / 2,
    y: element.y + element.height / 2 - height / 2,
    width,
    height
  });
}

function controls(viewer, host) {
  const bar = host.parentElement.querySelector('[data-diagram-controls]');
  if (!bar) return;
  const canvas = viewer.get('canvas');
  const zoom = viewer.get('zoomScroll');
  bar.hidden = false;
  bar.addEventListener('click', (event) => {
    const act = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (act === 'in') zoom.stepZoom(1);
    if (act === 'out') zoom.stepZoom(-1);
    if (act === 'fit') canvas.zoom(FIT, 'auto');
  });
}

function begin(root) {
  for (const host of root.querySelectorAll('[data-diagram]:not(.is-begun)')) {
    host.classList.add('is-begun');
    draw(host).catch(() => host.classList.add('is-broken'));
  }
}

begin(document);
document.addEventListener('htmx:after:swap', () => begin(document));
