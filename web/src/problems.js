// Lists beside a diagram: an entry selects its elements, and the way to a problem is played step by step.
const STEP = 900;
const TRAVEL = 550;
const RADIUS = 9;
const SVG = 'http://www.w3.org/2000/svg';

export function problems(viewer, host) {
  if (!document.querySelector('[data-problems]')) return;
  const marks = new Marks(viewer);
  const bar = host.parentElement.parentElement.querySelector('[data-player]');
  const player = bar && new Player(viewer, bar, marks);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-elements], [data-plays]');
    if (!button?.closest('[data-problems]')) return;
    const pressed = button.getAttribute('aria-pressed') === 'true';
    player?.close();
    marks.clear();
    for (const other of document.querySelectorAll('[data-problems] [data-elements]')) other.setAttribute('aria-pressed', 'false');
    if (button.matches('[data-plays]')) {
      player.open([...button.closest('li').querySelectorAll('[data-step]')], button);
    } else if (!pressed) {
      button.setAttribute('aria-pressed', 'true');
      const ids = button.dataset.elements.split(' ');
      ids.forEach((id) => marks.add(id, 'akta-chosen'));
      marks.bring(ids[0]);
      host.scrollIntoView({ block: 'nearest' });
    }
  });
}

/* What this list has marked on the diagram, so that it can be taken off again. */
class Marks {
  constructor(viewer) {
    this.canvas = viewer.get('canvas');
    this.registry = viewer.get('elementRegistry');
    this.set = [];
  }

  add(id, marker) {
    if (!this.registry.get(id)) return;
    this.canvas.addMarker(id, marker);
    this.set.push([id, marker]);
  }

  clear() {
    for (const [id, marker] of this.set) this.canvas.removeMarker(id, marker);
    this.set = [];
  }

  bring(id) {
    const element = this.registry.get(id);
    if (element) this.canvas.scrollToElement(element, 60);
  }
}

class Player {
  constructor(viewer, bar, marks) {
    this.registry = viewer.get('elementRegistry');
    this.layer = viewer.get('canvas').getLayer('akta-token', 10);
    this.bar = bar;
    this.marks = marks;
    this.steps = [];
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
    bar.addEventListener('click', (event) => this.press(event.target.closest('[data-play]')?.dataset.play));
    bar.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.press('close');
    });
  }

  open(steps, from) {
    this.steps = steps;
    this.from = from;
    this.bar.hidden = false;
    this.bar.querySelector('[data-play="next"]').focus({ preventScroll: true });
    this.bar.scrollIntoView({ block: 'nearest' });
    this.go(0);
    if (!this.still.matches) this.run();
  }

  close() {
    this.halt();
    this.marks.clear();
    this.layer.replaceChildren();
    this.bar.hidden = true;
    for (const step of this.steps) step.removeAttribute('aria-current');
    this.steps = [];
  }

  press(what) {
    if (!what) return;
    const running = Boolean(this.timer);
    this.halt();
    if (what === 'previous') this.go(this.at - 1);
    if (what === 'next') this.go(this.at + 1);
    if (what === 'run' && !running) {
      if (this.at === this.steps.length - 1) this.go(0);
      this.run();
    }
    if (what === 'close') {
      this.close();
      this.from?.focus();
    }
  }

  run() {
    this.timer = setInterval(() => {
      if (this.at < this.steps.length - 1) this.go(this.at + 1);
      else this.halt();
    }, STEP);
  }

  halt() {
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.timer = undefined;
  }

  go(to) {
    const forward = to === this.at + 1;
    this.at = Math.min(Math.max(to, 0), this.steps.length - 1);
    this.marks.clear();
    this.steps.forEach((step, number) => {
      const ids = step.dataset.step.split(' ');
      if (number <= this.at) ids.forEach((id) => this.marks.add(id, 'akta-way'));
      if (number === this.at) this.marks.add(ids.at(-1), 'akta-here');
      if (number === this.at) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    });
    const step = this.steps[this.at];
    this.marks.bring(step.dataset.step.split(' ').at(-1));
    this.say(step);
    this.travel(step, forward && !this.still.matches);
  }

  say(step) {
    const line = this.bar.querySelector('[data-player-step]');
    const words = { at: this.at + 1, of: this.steps.length, step: step.textContent.trim() };
    line.textContent = line.dataset.words.replace(/%\((at|of|step)\)s/g, (_, name) => words[name]);
  }

  /* The token runs along the flows of a step and stays on its element. */
  travel(step, moving) {
    const way = step.dataset.step.split(' ').flatMap((id) => points(this.registry.get(id)));
    this.layer.replaceChildren();
    if (!way.length) return;
    const token = document.createElementNS(SVG, 'circle');
    token.setAttribute('class', 'akta-token');
    token.setAttribute('r', RADIUS);
    this.layer.append(token);
    const put = (part) => {
      const { x, y } = along(way, part);
      token.setAttribute('cx', x);
      token.setAttribute('cy', y);
    };
    if (!moving) return put(1);
    const begun = performance.now();
    const move = (now) => {
      const part = Math.min((now - begun) / TRAVEL, 1);
      put(part);
      if (part < 1) this.frame = requestAnimationFrame(move);
    };
    put(0);
    this.frame = requestAnimationFrame(move);
  }
}

function points(element) {
  if (!element) return [];
  return element.waypoints || [{ x: element.x + element.width / 2, y: element.y + element.height / 2 }];
}

function along(way, part) {
  const lengths = way.slice(1).map((point, at) => Math.hypot(point.x - way[at].x, point.y - way[at].y));
  let left = part * lengths.reduce((sum, length) => sum + length, 0);
  for (const [at, length] of lengths.entries()) {
    if (left <= length && length) {
      const share = left / length;
      return { x: way[at].x + (way[at + 1].x - way[at].x) * share, y: way[at].y + (way[at + 1].y - way[at].y) * share };
    }
    left -= length;
  }
  return way.at(-1);
}
