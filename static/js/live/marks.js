// Tells the server what this page has received and what was really before somebody's eyes.

import { isReady, send } from '../socket.js';

const PAUSE = 250;

export class Marks {
  #log;
  #scroll;
  #chat;
  #told = { delivered: 0, read: 0 };
  #timer = 0;

  constructor(log, scroll, chat) {
    this.#log = log;
    this.#scroll = scroll;
    this.#chat = chat;
    document.addEventListener('visibilitychange', () => this.tell());
    window.addEventListener('focus', () => this.tell());
    document.body.addEventListener('fantooo:live', ({ detail }) => {
      if (detail.state !== 'ready') return;
      // The last words on the old connection may not have arrived.
      this.#told = { delivered: 0, read: 0 };
      this.tell();
    });
    this.tell();
  }

  /** Called whenever something arrived or came into view. */
  tell() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), PAUSE);
  }

  #tell() {
    const delivered = this.#log.newestTheirs();
    const looking = document.visibilityState === 'visible' && this.#scroll.atEnd;
    const read = looking ? delivered : this.#told.read;
    const { delivered: oldDelivered, read: oldRead } = this.#told;
    if (!isReady() || (delivered <= oldDelivered && read <= oldRead)) return;
    this.#told = { delivered, read };
    send({ type: 'seen', chat: this.#chat, delivered, read });
  }
}
