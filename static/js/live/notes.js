// A staff note that saves itself while it is typed. When somebody else saved meanwhile, both texts
// are shown and nothing is saved until one is chosen.

import { ask } from './http.js';

const PAUSE = 600;

export function watchNotes() {
  for (const note of document.querySelectorAll('.note')) new Note(note);
}

class Note {
  #root;
  #timer = 0;
  #saved;
  #saving = null;

  constructor(root) {
    this.#bind(root);
    window.addEventListener('pagehide', () => this.#save({ keepalive: true }));
  }

  #bind(root) {
    this.#root = root;
    this.#saved = this.#field.value;
    this.#field.addEventListener('input', () => {
      if (this.#conflict) return;
      this.#say('');
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#save(), PAUSE);
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

  async #save(options) {
    clearTimeout(this.#timer);
    // One at a time, or the second would carry an old version.
    await this.#saving;
    const content = this.#field.value;
    if (content === this.#saved || this.#conflict) return;
    this.#saving = this.#put(content, options);
    await this.#saving;
    this.#saving = null;
    if (this.#field.value !== content && !this.#conflict) {
      this.#timer = setTimeout(() => this.#save(), PAUSE);
    }
  }

  async #put(content, options) {
    this.#say('Saving…');
    const version = this.#root.dataset.version;
    const answer = await ask('PUT', this.#root.dataset.url, { content, version }, options);
    const made = parse(answer.text);
    if (answer.ok && made) {
      this.#saved = content;
      this.#root.dataset.version = made.dataset.version;
      this.#say(made.querySelector('[data-saved]').textContent);
    } else if (answer.status === 409 && made) {
      made.querySelector('textarea[name="content"]').value = this.#field.value;
      this.#root.replaceWith(made);
      this.#bind(made);
      made.querySelector('button').focus();
    } else {
      this.#say(answer.body?.error?.message ?? 'Not saved. It is tried again as you type.');
    }
  }

  #choose(choice) {
    const theirs = this.#conflict.textContent.trim();
    const mine = this.#field.value;
    this.#root.querySelector('[data-conflict]').remove();
    this.#field.value = { mine, theirs, both: `${theirs}\n${mine}` }[choice];
    this.#saved = theirs;
    this.#field.focus();
    this.#save();
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
