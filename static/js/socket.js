// The one socket of a page, at /ws: opens, beats, reconnects, and turns frames into DOM events.
// It knows nothing of chats: `gate.js` and the page's own modules listen.
//
// Events on <body>: `fantooo:envelope`, `fantooo:typing`, `fantooo:presence`, `fantooo:assigned`,
// `fantooo:unassigned`, `fantooo:warn`, `fantooo:availability`, `fantooo:queue`, `fantooo:person`,
// `fantooo:taken`, `fantooo:answer` (detail: the frame),
// `fantooo:unread` (also when the line is back: what was missed is unknown) and `fantooo:live`
// (detail: state `connecting`, `ready`, `lost` or `ended`). A page sends by `send(frame)`. Bundles
// share the socket through these events, so each may call `start()`.

import { toast } from './lib/toast.js';
import { ask } from './live/http.js';
import { apply } from './live/partials.js';

const BEAT = 25_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const ACCESS_ENDED = 4001;
/** Closed so often in a row, the last two times unopened: perhaps it is refused. */
const ASKS_WHY = 3;
const ENVELOPES = new Set(['message', 'edit', 'delete', 'read']);

/** Opens the page's socket, once, if somebody is signed in here. */
export function start() {
  const page = document.documentElement;
  if (page.dataset.socket || !document.querySelector('[data-live], #unread')) return;
  new Socket().open();
}

/** Sends a frame if the socket is open; what it says is stale by the next connection. */
export function send(frame) {
  document.body.dispatchEvent(new CustomEvent('fantooo:send', { detail: frame }));
}

/** Gives up a line that does not say itself that it is dead; a new one is opened. */
export function drop() {
  document.body.dispatchEvent(new CustomEvent('fantooo:drop'));
}

/** Whether the server has confirmed that this page hears everything. */
export function isReady() {
  return document.documentElement.dataset.socket === 'ready';
}

class Socket {
  #ws = null;
  #tries = 0;
  #retry = 0;
  #beat = 0;
  #wasReady = false;

  constructor() {
    const body = document.body;
    body.addEventListener('fantooo:send', (event) => this.#send(event.detail));
    body.addEventListener('fantooo:reconnect', () => this.#now());
    body.addEventListener('fantooo:drop', () => this.#drop());
    window.addEventListener('online', () => this.#now());
    window.addEventListener('offline', () => this.#drop());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#now();
    });
    document.addEventListener('submit', ({ target }) => {
      // Who logs out here goes where that leads; only other tabs are sent to the login.
      if (new URL(target.action).pathname !== '/logout') return;
      this.#end();
      // As the page goes, after everything that keeps something for its return.
      window.addEventListener('pagehide', forget);
    });
    window.addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      // Back from the browser's memory: the session may have ended since. A chat page asks by
      // its catch-up, every other page is simply loaded again.
      if (document.querySelector('[data-live][data-chat]')) this.#now();
      else window.location.reload();
    });
  }

  open() {
    clearTimeout(this.#retry);
    this.#tell('connecting');
    const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:';
    const ws = new WebSocket(`${scheme}//${window.location.host}/ws`);
    this.#ws = ws;
    ws.addEventListener('open', () => {
      const place = document.querySelector('[data-live]');
      const hello = { chat: place?.dataset.chat ?? null, page: place?.dataset.live ?? 'other' };
      this.#send({ type: 'hello', ...hello });
      this.#send({ type: 'beat' });
      this.#beat = setInterval(() => this.#pulse(), BEAT);
    });
    ws.addEventListener('message', (event) => this.#take(JSON.parse(event.data)));
    ws.addEventListener('close', (event) => {
      if (ws === this.#ws) this.#closed(event.code);
    });
  }

  #take(frame) {
    if (frame.type === 'ready') {
      this.#tries = 0;
      this.#tell('ready');
      // The first time the page is as fresh as its markup.
      if (this.#wasReady) this.#fire('unread', { type: 'unread' });
      this.#wasReady = true;
    } else if (ENVELOPES.has(frame.type)) {
      this.#fire('envelope', frame);
    } else if (frame.type === 'composer') {
      // Credits moved outside this chat: no event number, the newest is right.
      apply(frame.content);
    } else if (frame.type === 'pulse') {
      // A hidden tab's own timers are slowed to once a minute; an answer is not.
      this.#send({ type: 'beat' });
    } else if (frame.type === 'notice') {
      toast(frame.text);
    } else {
      this.#fire(frame.type, frame);
    }
  }

  #send(frame) {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(frame));
  }

  #pulse() {
    // What we said 25 s ago has not left yet: the line is dead and nobody told us.
    if (this.#ws.bufferedAmount > 0) this.#drop();
    else this.#send({ type: 'beat' });
  }

  #drop() {
    const ws = this.#ws;
    if (!ws) return;
    this.#closed(0);
    ws.close();
  }

  #end() {
    const ws = this.#ws;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    this.#ws = null;
    this.#tell('ended');
    ws?.close();
  }

  #now() {
    const state = document.documentElement.dataset.socket;
    if (state === 'ended') return;
    if (this.#ws === null) {
      this.#tries = 0;
      this.open();
    }
  }

  #closed(code) {
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    this.#ws = null;
    if (code === ACCESS_ENDED) {
      this.#tell('ended');
      leave();
      return;
    }
    this.#tries += 1;
    if (this.#tries >= ASKS_WHY) this.#askWhy();
    const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#tries - 1));
    // Jitter, so that a restart does not bring everybody back in the same moment.
    const wait = ceiling / 2 + (Math.random() * ceiling) / 2;
    this.#tell('lost', { tries: this.#tries, wait });
    this.#retry = setTimeout(() => this.open(), wait);
  }

  /** A browser does not say why a socket did not open; the session may have ended meanwhile. */
  async #askWhy() {
    const { status } = await ask('GET', '/session');
    // Who logged out here meanwhile goes where that leads.
    if (status !== 401 || document.documentElement.dataset.socket === 'ended') return;
    this.#end();
    leave();
  }

  #tell(state, more = {}) {
    document.documentElement.dataset.socket = state;
    this.#fire('live', { state, ...more });
  }

  #fire(name, detail) {
    document.body.dispatchEvent(new CustomEvent(`fantooo:${name}`, { detail }));
  }
}

/** A form that ends the session is on its way: what it leads to, and the cookie it brings, come first. */
let going = false;
window.addEventListener('beforeunload', () => (going = true));
/** As long as that may take, in ms. */
const FORM = 10_000;

/** Goes to the sign-in page, and leaves nothing of the chat in this tab. */
export function leave() {
  forget();
  if (going) {
    going = false;
    setTimeout(leave, FORM);
    return;
  }
  const live = document.querySelector('[data-live]')?.dataset.live;
  const staff = live === 'desk' || live === 'waiting';
  const login = document.body.dataset.login ?? (staff ? '/op-login' : '/login');
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${login}?next=${encodeURIComponent(here)}`);
}

function forget() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith('fantooo:')) sessionStorage.removeItem(key);
  }
}
