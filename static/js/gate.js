// The one gate for everything that happens in a chat: pushes, answers to our own sends, and the
// catch-up all come through here, so that each event is applied once and in order.

import { ask } from './live/http.js';
import { isReady, leave } from './socket.js';

const LONGEST_WAIT = 15_000;

export class Gate {
  #log;
  #page;
  #held = [];
  #running = null;
  #again = false;
  #failures = 0;
  #retry = 0;

  /**
   * `log` carries `data-seen` (kept up to date), `data-changes` (address) and `data-chat`; it has
   * `data-catching-up` while an answer is awaited.
   * `page` has `show(envelope)`, `known(envelope)` (its own message came before), `read(pointers)`,
   * `caughtUp(answer)`, `reload()` and `gone()`.
   */
  constructor(log, page) {
    this.#log = log;
    this.#page = page;
    document.body.addEventListener('fantooo:envelope', (event) => this.take(event.detail));
    document.body.addEventListener('fantooo:live', ({ detail }) => {
      // Where sockets are blocked altogether, asking at each failed attempt still brings messages.
      if (detail.state === 'ready' || (detail.state === 'lost' && detail.tries > 1)) this.catchUp();
    });
    window.addEventListener('pageshow', (event) => event.persisted && this.catchUp());
    if (isReady()) this.catchUp();
  }

  get seen() {
    return Number(this.#log.dataset.seen);
  }

  /** One event, through whichever door. */
  take(envelope) {
    if (envelope.chat !== this.#log.dataset.chat) return;
    if (this.#running) {
      this.#held.push(envelope);
    } else if (envelope.seq <= this.seen) {
      this.#page.known(envelope);
    } else if (envelope.seq === this.seen + 1) {
      this.#show(envelope, envelope.seq);
    } else {
      this.#held.push(envelope);
      this.catchUp();
    }
  }

  /** Asks what happened since; calls meanwhile make one more round, not one each. */
  catchUp() {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#retry);
    this.#log.dataset.catchingUp = '';
    this.#running = this.#ask().finally(() => {
      this.#running = null;
      delete this.#log.dataset.catchingUp;
      const held = this.#held.splice(0).sort((a, b) => a.seq - b.seq);
      if (this.#failures) return;
      const again = this.#again;
      this.#again = false;
      for (const envelope of held) this.take(envelope);
      if (again) this.catchUp();
    });
    return this.#running;
  }

  async #ask() {
    const url = new URL(this.#log.dataset.changes, window.location.href);
    url.searchParams.set('seen', this.seen);
    const oldest = this.#log.querySelector('li[id^="m-"]')?.id.slice(2);
    if (oldest) url.searchParams.set('oldest', oldest);
    const answer = await ask('GET', url);
    if (answer.status === 401) {
      leave();
    } else if (answer.status === 423) {
      window.location.assign('/suspended');
    } else if (answer.status === 404 || answer.status === 403) {
      this.#page.gone();
    } else if (!answer.ok || !answer.body) {
      this.#failures += 1;
      this.#again = false;
      const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** (this.#failures - 1));
      this.#retry = setTimeout(() => this.catchUp(), answer.retryAfter * 1000 || wait);
      return;
    } else {
      this.#applyAll(answer.body);
    }
    this.#failures = 0;
  }

  #applyAll(body) {
    if (body.reload) {
      this.#page.reload();
      return;
    }
    for (const item of body.items) {
      if (item.seq > this.seen) this.#show(item, item.seq);
      else this.#page.known(item);
    }
    if (body.seq > this.seen) this.#log.dataset.seen = body.seq;
    if (body.read) this.#page.read(body.read);
    this.#page.caughtUp(body);
  }

  #show(envelope, seq) {
    this.#page.show(envelope);
    this.#log.dataset.seen = seq;
    if (envelope.read) this.#page.read(envelope.read);
  }
}
