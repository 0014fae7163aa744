// The conversation as bubbles: placing them, day lines, delivery states. What may be placed and
// when is decided by the gate.

import { apply } from './partials.js';

const WORDS = { sent: 'Sent', delivered: 'Delivered', read: 'Read' };

export class Log {
  /** `side`: whose page this is, `user` or `operator`. */
  constructor(list, side) {
    this.list = list;
    this.side = side;
    this.own = side === 'user' ? 'real' : 'fictional';
    this.days();
  }

  /** Places what an envelope brings. Returns the bubbles that are new on this page. */
  show(envelope) {
    const before = new Set([...this.bubbles()].map((bubble) => bubble.id));
    apply(envelope.content);
    const fresh = [...this.bubbles()].filter((bubble) => !before.has(bubble.id));
    if (fresh.length) this.days();
    for (const bubble of fresh) bubble.classList.add('is-new');
    return fresh;
  }

  bubbles() {
    return this.list.querySelectorAll(':scope > li[id^="m-"]');
  }

  /** Event number of the newest message of the other side; 0 when there is none. */
  newestTheirs() {
    const theirs = this.list.querySelectorAll(`:scope > li[id^="m-"]:not([data-sender="${this.own}"])`);
    return Number(theirs[theirs.length - 1]?.dataset.seq ?? 0);
  }

  /** Marks own bubbles delivered or read, as far as the other side's marks say. */
  read(pointers) {
    const [read, delivered] =
      this.side === 'user'
        ? [pointers.operator, pointers.delivered_operator]
        : [pointers.user, pointers.delivered_user];
    for (const bubble of this.list.querySelectorAll(`:scope > li[data-sender="${this.own}"]`)) {
      const label = bubble.querySelector('[data-status]');
      if (!label || label.dataset.status === 'read') continue;
      const seq = Number(bubble.dataset.seq);
      const status = seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';
      if (label.dataset.status !== status) {
        label.dataset.status = status;
        label.textContent = WORDS[status];
      }
    }
  }

  /** One line where a day begins, wherever bubbles were added. */
  days() {
    let day = '';
    for (const item of [...this.list.children]) {
      if (item.classList.contains('day')) item.remove();
    }
    for (const bubble of this.bubbles()) {
      if (bubble.dataset.day === day) continue;
      day = bubble.dataset.day;
      const line = document.createElement('li');
      line.className = 'day';
      line.textContent = bubble.dataset.label;
      bubble.before(line);
    }
  }
}
