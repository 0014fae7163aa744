// Keeps what is typed and not sent on the server, so that it survives a reload and another device.
// What is longer than the server takes stays in this tab; the counter says so.

import { length, MOST } from './composer.js';
import { ask } from './http.js';

const PAUSE = 600;

export class Draft {
  #field;
  #url;
  #saved;
  #key;
  #timer = 0;
  #saving = Promise.resolve();

  constructor(field, url) {
    this.#field = field;
    this.#url = url;
    this.#saved = field.value;
    this.#key = `fantooo:draft:${url}`;
    this.#takeBack();
    field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.save(), PAUSE);
    });
    window.addEventListener('pagehide', () => {
      if (field.value !== this.#saved) this.#keep(field.value);
      // There is no later for a page that goes.
      this.#put({ keepalive: true });
    });
  }

  /** A reload may be answered before the last save has arrived: this tab remembers it. */
  #takeBack() {
    const kept = sessionStorage.getItem(this.#key);
    if (kept === null) return;
    this.#forget();
    this.#field.value = kept;
    this.#field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #keep(text) {
    try {
      sessionStorage.setItem(this.#key, text);
    } catch {
      // Private mode without storage: then the save under way has to do.
    }
  }

  #forget() {
    sessionStorage.removeItem(this.#key);
  }

  /**
   * Saves if something changed, one after the other: a slow save must not arrive after the next
   * one. A failure is made good by the next change.
   */
  save() {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#put());
    return this.#saving;
  }

  async #put(options = {}) {
    const content = this.#field.value;
    if (length(content.trim()) > MOST) {
      this.#keep(content);
      return;
    }
    if (content === this.#saved) {
      this.#forget();
      return;
    }
    const before = this.#saved;
    this.#saved = content;
    const answer = await ask('PUT', this.#url, { content }, options);
    if (answer.ok && this.#field.value === content) this.#forget();
    if (!answer.ok && this.#saved === content) this.#saved = before;
  }
}
