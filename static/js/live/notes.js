// A staff note that saves itself while it is typed. When somebody else saved meanwhile, both texts
// are shown and nothing is saved until one is chosen.

import { ask } from './http.js';

const PAUSE = 600;
/** After so long what did not arrive is sent again. */
const AGAIN = 4000;

/** Returns `areSaved()`, whether nothing typed is still on its way, and `save()`, which ends with what is typed now. */
export function watchNotes() {
  const notes = [...document.querySelectorAll('.note')].map((note) => new Note(note));
  return {
    areSaved: () => notes.every((note) => note.isSaved),
    save: () => Promise.all(notes.map((note) => note.save())),
  };
}

class Note {
  #root;
  #timer = 0;
  #saved;
  #saving = null;
  /** What was sent last and not answered: it may have arrived all the same. */
  #unanswered = null;

  constructor(root) {
    this.#bind(root);
    window.addEventListener('pagehide', () => this.#leave());
    // Back from the browser's memory: how that save went is unknown.
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.save());
  }

  get isSaved() {
    return this.#field.value === this.#saved && this.#unanswered === null && !this.#conflict;
  }

  #bind(root) {
    this.#root = root;
    this.#saved = this.#field.value;
    this.#field.addEventListener('input', () => {
      if (this.#conflict) return;
      this.#say('');
      this.#saveIn(PAUSE);
    });
    root.addEventListener('click', (event) => {
      const choice = event.target.closest('[data-keep]')?.dataset.keep;
      if (choice) this.#choose(choice);
    });
  }

  get #field() {
    return this.#root.querySelector('textarea[name="content"]');
  }

  get #conflict() {
    return this.#root.querySelector('[data-theirs]');
  }

  #saveIn(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    clearTimeout(this.#timer);
    // One at a time, or the second would carry an old version.
    while (this.#saving) await this.#saving;
    const content = this.#field.value;
    if (this.isSaved || this.#conflict) return;
    this.#saving = this.#put(content);
    const pause = await this.#saving;
    this.#saving = null;
    if (pause !== null && !this.isSaved) this.#saveIn(pause);
  }

  /** There is no later for a page that goes: what is not even on its way goes now. */
  #leave() {
    clearTimeout(this.#timer);
    const content = this.#field.value;
    const isUnderWay = this.#saving && content === this.#unanswered;
    if (this.isSaved || isUnderWay || this.#conflict) return;
    // The one under way arrives before it and counts the version on.
    this.#send(content, Number(this.#root.dataset.version) + (this.#saving ? 1 : 0));
    this.#unanswered = content;
  }

  #send(content, version) {
    // Every save outlives the page, which may go at any moment.
    return ask('PUT', this.#root.dataset.url, { content, version }, { keepalive: true });
  }

  /** Sends the note once; tells after how long what is typed now is to be sent, null for never. */
  async #put(content) {
    this.#say('Saving…');
    const before = this.#unanswered;
    this.#unanswered = content;
    const answer = await this.#send(content, this.#root.dataset.version);
    if (answer.status === 0) {
      this.#say('Not saved yet. It is tried again in a moment.');
      return AGAIN;
    }
    this.#unanswered = null;
    const made = parse(answer.text);
    if (answer.ok && made) {
      this.#take(made, content);
      this.#say(made.querySelector('[data-saved]').textContent);
      return PAUSE;
    }
    if (answer.status === 409 && made) {
      const theirs = made.querySelector('[data-theirs]').textContent.trim();
      if (before !== null && theirs === before.trim()) {
        // Nobody else's: our own save had arrived, only its answer had not.
        this.#take(made, before);
        this.#say('Saved');
        return 0;
      }
      made.querySelector('textarea[name="content"]').value = this.#field.value;
      this.#root.replaceWith(made);
      this.#bind(made);
      made.querySelector('button').focus();
      return null;
    }
    const passes = answer.status >= 500 || answer.status === 429;
    if (passes) this.#say('Not saved yet. It is tried again in a moment.');
    else this.#say(answer.body?.error?.message ?? 'Not saved. It is tried again as you type.');
    return passes ? Math.max(AGAIN, answer.retryAfter * 1000) : null;
  }

  #take(made, content) {
    this.#saved = content;
    this.#root.dataset.version = made.dataset.version;
  }

  #choose(choice) {
    const theirs = this.#conflict.textContent.trim();
    const mine = this.#field.value;
    this.#root.querySelector('[data-conflict]').remove();
    this.#field.value = { mine, theirs, both: `${theirs}\n${mine}` }[choice];
    this.#saved = theirs;
    this.#field.focus();
    this.save();
  }

  #say(text) {
    this.#root.querySelector('[data-saved]').textContent = text;
  }
}

function parse(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content.querySelector('.note');
}
