// One file of a draft in the browser: saved as somebody types, kept here without a connection or a session, joined
// with what others save, undone on the server where the editor itself has nothing left to undo.
const QUIET = 400;
const AGAIN = 3000;
const LOOK = 15000;

export class DraftFile {
  /** `editor`: read() gives the text, show(text) takes one in, undo() and redo() say whether they did something. */
  constructor(host, editor) {
    this.host = host;
    this.editor = editor;
    this.url = host.dataset.draftFile;
    this.csrf = host.dataset.csrf;
    this.place = `akta-draft:${this.url}`;
    this.etag = '';
    this.dirty = false;
    this.state = document.querySelector('[data-save-state]');
    this.bar();
  }

  get edits() {
    return Boolean(this.host.dataset.edits);
  }

  /** Opens the file; what this browser kept of an earlier visit is saved first, and joined with what is there. */
  async open() {
    const kept = this.edits && JSON.parse(localStorage.getItem(this.place) || 'null');
    if (kept) {
      this.etag = kept.etag;
      await this.put(kept.text).catch(() => undefined);
    }
    await this.load();
    if (!this.edits) return;
    this.look();
    setInterval(() => this.look(), LOOK);
    addEventListener('online', () => this.save());
    addEventListener('beforeunload', (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  async load() {
    const answer = await fetch(this.host.dataset.from || this.url, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`${answer.status}`);
    this.etag = answer.headers.get('etag');
    const text = await answer.text();
    this.loading = true;
    try {
      await this.editor.show(text);
      this.host.classList.add('is-drawn');
      this.host.classList.remove('is-broken');
    } catch (error) {
      this.say('failed', error.message);
      throw error;
    } finally {
      this.loading = false;
    }
    document.querySelector('[data-theirs]').hidden = true;
  }

  changed() {
    if (this.loading || !this.edits) return;
    this.dirty = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(), QUIET);
  }

  async save() {
    if (!this.dirty || this.saving) return;
    this.saving = true;
    this.dirty = false;
    clearTimeout(this.waiting);
    this.say('saving');
    const text = await this.editor.read();
    localStorage.setItem(this.place, JSON.stringify({ text, etag: this.etag }));
    let pause = QUIET;
    try {
      await this.put(text);
    } catch (error) {
      this.dirty = true;
      pause = error.state === 'refused' || error.state === 'closed' ? 0 : AGAIN;
      this.say(error.state || 'offline', error.words);
    } finally {
      this.saving = false;
    }
    if (!this.dirty || !pause) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(), pause);
  }

  async put(text) {
    const told = await this.send('PUT', this.url, text, { 'Content-Type': 'application/octet-stream', 'If-Match': this.etag });
    if (!this.dirty) localStorage.removeItem(this.place);
    await this.took(told);
  }

  /** What the server made of a save: the same text, one joined with others', or a choice to be made. */
  async took(told) {
    const seen = this.etag;
    this.etag = told.etag;
    if (told.did === 'beside') {
      this.etag = seen;
      this.say('beside');
      return this.collide(told);
    }
    if (told.did === 'saved') this.say('saved');
    else {
      await this.load();
      this.say(told.did === 'merged' ? 'merged' : 'saved');
    }
    this.problems().catch(() => undefined);
  }

  async send(method, url, body, headers = {}) {
    let answer;
    for (const last of [false, true]) {
      answer = await fetch(url, { method, body, credentials: 'same-origin', headers: { ...headers, 'X-CSRF-Token': this.csrf } });
      if (last || (answer.status !== 401 && answer.status !== 403) || !(await this.renew())) break;
    }
    if (answer.ok) return answer.json();
    const problem = await answer.json().catch(() => ({}));
    const state = { 401: 'signedOut', 409: 'closed', 403: problem.type?.endsWith('ForgedRequest') ? 'signedOut' : 'refused' }[answer.status];
    throw Object.assign(new Error(problem.title), { state: state || (answer.status < 500 ? 'refused' : 'offline'), words: problem.title, status: answer.status });
  }

  /** After somebody signed in again in another tab, this page has another token. */
  async renew() {
    const page = await fetch(location.href, { credentials: 'same-origin' }).then((answer) => answer.text());
    const csrf = new DOMParser().parseFromString(page, 'text/html').querySelector('[data-draft-file]')?.dataset.csrf;
    const fresh = Boolean(csrf) && csrf !== this.csrf;
    if (fresh) this.csrf = csrf;
    return fresh;
  }

  post(act, body) {
    return this.send('POST', `${this.host.dataset.draft}/${act}`, JSON.stringify(body), { 'Content-Type': 'application/json' });
  }

  async problems() {
    const here = document.querySelector('[data-problems-here]');
    const answer = await fetch(this.host.dataset.problemsUrl, { credentials: 'same-origin' });
    if (answer.ok && !answer.redirected && here) here.innerHTML = await answer.text();
    this.editor.checked?.();
  }

  /** Says that this page is open, and hears who else is here and whether they saved this file. */
  async look() {
    const around = await this.post('presence', { path: this.host.dataset.path }).catch(() => null);
    if (!around) return;
    const line = document.querySelector('[data-others]');
    line.hidden = !around.others.length;
    line.textContent = line.dataset.words.replace('%s', around.others.map((other) => other.name).join(', '));
    const now = around.files.find((file) => file.path === this.host.dataset.path)?.etag;
    document.querySelector('[data-theirs]').hidden = this.dirty || this.saving || !now || now === this.etag;
  }

  async step(again) {
    if (again ? this.editor.redo?.() : this.editor.undo?.()) return;
    await this.save();
    try {
      await this.took(await this.post('undoing', { path: this.host.dataset.path, again }));
    } catch (error) {
      this.say('refused', error.words);
    }
  }

  collide(told) {
    const dialog = document.querySelector('[data-collision]');
    const list = dialog.querySelector('[data-conflicts]');
    const words = list.dataset;
    list.replaceChildren(...told.conflicts.map((one, number) => {
      const group = make('fieldset', 'card stack');
      const title = make('legend', 'label', one.element ? `${one.name || one.element}` : words.whole);
      group.append(title, side(number, 'mine', words.mine, one.mine || (one.element && words.removed), true), side(number, 'theirs', words.theirs, one.theirs || (one.element && words.removed)));
      group.dataset.element = one.element;
      return group;
    }));
    dialog.querySelector('[data-choose]').onclick = async () => {
      const chosen = { mine: [], theirs: [] };
      for (const group of list.children) chosen[group.querySelector('input:checked').value].push(group.dataset.element);
      dialog.close();
      try {
        await this.took(await this.post('choices', { number: told.number, ...chosen }));
      } catch (error) {
        this.say('refused', error.words);
      }
    };
    dialog.showModal();
  }

  say(state, more = '') {
    if (!this.state) return;
    this.state.textContent = [this.state.dataset[state], more].filter(Boolean).join(': ');
    this.state.dataset.now = state;
  }

  bar() {
    document.querySelector('[data-undo]').onclick = () => this.step(false);
    document.querySelector('[data-redo]').onclick = () => this.step(true);
    document.querySelector('[data-theirs]').onclick = () => this.load();
    for (const button of document.querySelectorAll('[data-undo], [data-redo]')) button.hidden = !this.edits;
  }
}

function make(name, kind, text = '') {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  return made;
}

function side(number, value, label, text, checked = false) {
  const row = make('label', 'stack small');
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: `conflict-${number}`, value, checked });
  const head = make('span', '');
  head.append(input, ` ${label}`);
  row.append(head);
  if (text) row.append(make('code', 'conflict-text', text));
  return row;
}
