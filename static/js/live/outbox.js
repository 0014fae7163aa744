// What was typed and sent but is not confirmed yet: shown at once, kept over a reload, sent one
// after the other. A retry carries the same client_id, so that nothing is charged or shown twice.

import { deliver } from './deliver.js';
import { isReady } from '../socket.js';

/** A text that waited longer than this is not sent without being asked for again. */
const STALE = 10 * 60_000;
/** A server that cannot just now has refused nothing: it is asked again. */
const BUSY = new Set([502, 503, 504]);
const PAUSE = 3000;
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Africa/Nairobi' });

export class Outbox {
  #list;
  #url;
  #key;
  #page;
  #items = [];
  #sending = false;
  #pause = 0;

  /**
   * `list` takes the bubbles and has `data-chat`; `url` takes the posts. `page` has
   * `fields()` (what goes along, as it stands when it is sent), `again()` (anew at a retry), `sent(envelope)`, `refused(item, answer)` (returns
   * `{ restore: true }` to give the text back, or `{ text, action }` for the failed bubble).
   */
  constructor(list, url, page) {
    this.#list = list;
    this.#url = url;
    this.#page = page;
    this.#key = `fantooo:outbox:${list.dataset.chat}`;
    for (const item of this.#load()) {
      if (document.querySelector(`li[data-client="${CSS.escape(item.client_id)}"]`)) continue;
      const stale = Date.now() - item.at > STALE;
      this.#insert(item, stale || item.state === 'failed' ? 'failed' : 'waiting');
    }
    document.body.addEventListener('fantooo:live', ({ detail }) => detail.state === 'ready' && this.#resume());
    window.addEventListener('online', () => this.#resume());
    if (isReady()) this.#resume();
  }

  /** Takes a text; it is on the screen when this returns. */
  add(content) {
    // Half a character, cut off by the field's end, is nothing that a server could keep.
    const whole = content.toWellFormed?.() ?? content;
    const item = { client_id: newId(), content: whole, at: Date.now(), ...this.#page.fields() };
    this.#insert(item, 'sending');
    this.flush();
  }

  /** The message of `clientId` is known to be stored: its waiting bubble has done its work. */
  resolve(clientId) {
    const item = clientId && this.#items.find((one) => one.client_id === clientId);
    if (item) this.#remove(item);
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** Sends what waits, in order. */
  async flush() {
    if (this.#sending || this.#pause) return;
    this.#sending = true;
    try {
      let item;
      while ((item = this.#items.find(waits))) {
        if (!(await this.#send(item))) break;
      }
    } finally {
      this.#sending = false;
    }
  }

  /** The connection is back: what got no answer goes again by itself, unless it is old. */
  #resume() {
    for (const item of this.#items) {
      if (item.unanswered && Date.now() - item.at < STALE) this.#state(item, 'waiting');
    }
    this.#flushNow();
  }

  #flushNow() {
    clearTimeout(this.#pause);
    this.#pause = 0;
    this.flush();
  }

  /** After a while again, by itself; what has become old meanwhile asks first. */
  #flushLater(seconds) {
    this.#pause = setTimeout(() => {
      for (const item of this.#items.filter(waits)) {
        if (Date.now() - item.at > STALE) this.#state(item, 'failed', 'Not sent yet.');
      }
      this.#flushNow();
    }, seconds * 1000 || PAUSE);
  }

  async #send(item) {
    // What has just been put in says so already: not a second layout before anything is painted.
    if (item.state !== 'sending') this.#state(item, 'sending');
    const { content, client_id, at, state, node, unanswered, ...along } = item;
    const answer = await deliver(this.#url, this.#list.dataset.chat, { content, client_id, ...along });
    if (answer.ok && answer.body?.chat) {
      // The bubble stays until the gate has placed the real one; a push may have been faster.
      if (this.#items.includes(item)) this.#state(item, 'sent');
      this.#page.sent(answer.body);
      return true;
    }
    if (!this.#items.includes(item)) return true;
    item.unanswered = answer.status === 0;
    if (item.unanswered) {
      if (navigator.onLine) this.#state(item, 'failed', 'Connection lost. Not sent yet.');
      else this.#state(item, 'waiting');
      return false;
    }
    if (BUSY.has(answer.status)) {
      this.#state(item, 'waiting', 'Not sent yet. It is tried again in a moment…');
      this.#flushLater(answer.retryAfter);
      return false;
    }
    const verdict = this.#page.refused(item, answer);
    if (verdict.restore) this.#remove(item);
    else this.#state(item, 'failed', verdict.text);
    // What was sent after a refused text would arrive without it: let its writer decide.
    for (const later of this.#items.filter((one) => one !== item && waits(one))) {
      this.#state(later, 'failed', 'Not sent yet.');
    }
    return false;
  }

  #insert(item, state) {
    item.node = bubble(item);
    item.node.querySelector('[data-retry]').addEventListener('click', () => {
      Object.assign(item, this.#page.again?.() ?? {}, { at: Date.now() });
      this.#state(item, 'waiting');
      this.#flushNow();
    });
    item.node.querySelector('[data-drop]').addEventListener('click', () => this.#remove(item));
    this.#items.push(item);
    this.#list.append(item.node);
    this.#state(item, state, state === 'failed' ? 'Not sent yet.' : '');
    this.#list.dispatchEvent(new CustomEvent('fantooo:own', { bubbles: true }));
  }

  #remove(item) {
    this.#items = this.#items.filter((one) => one !== item);
    item.node.remove();
    this.#save();
  }

  #state(item, state, text = '') {
    item.state = state;
    item.node.dataset.state = state;
    const waiting = text || 'Waiting for the connection…';
    const words = { sent: 'Sent', sending: 'Sending…', waiting, failed: text };
    item.node.querySelector('[data-status]').textContent = words[state];
    item.node.querySelector('[data-actions]').hidden = state !== 'failed';
    this.#save();
  }

  #save() {
    const kept = this.#items.filter((one) => one.state !== 'sent').map(({ node, ...plain }) => plain);
    try {
      if (kept.length) sessionStorage.setItem(this.#key, JSON.stringify(kept));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // Private mode without storage: the bubbles live as long as the page.
    }
  }

  #load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? '[]');
    } catch {
      return [];
    }
  }
}

function waits(item) {
  return item.state === 'sending' || item.state === 'waiting';
}

function bubble(item) {
  const node = document.getElementById('pending-bubble').content.firstElementChild.cloneNode(true);
  node.dataset.client = item.client_id;
  // textContent: these are a person's words, never markup.
  node.querySelector('[data-text]').textContent = item.content;
  node.querySelector('time').textContent = TIME.format(item.at);
  return node;
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on another host than localhost has no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
