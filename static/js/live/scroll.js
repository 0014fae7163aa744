// Where the conversation stands: at its end unless somebody reads further up. The scroller runs
// from the bottom (column-reverse), so its end is scrollTop 0 and older messages move nothing.

const NEAR = 80;

export class Scroll {
  #box;
  #button;
  #missed = 0;

  /** `moved()` is called when the end comes into view. */
  constructor(box, button, moved) {
    this.#box = box;
    this.#button = button;
    box.addEventListener('scroll', () => {
      if (!this.atEnd) return;
      this.#count(0);
      moved();
    }, { passive: true });
    button.addEventListener('click', () => this.toEnd());
  }

  get atEnd() {
    return this.#box.scrollTop > -NEAR;
  }

  /** Runs `change`, which adds below; who reads further up keeps their place. */
  below(change, { follow = false, count = 0 } = {}) {
    const stay = !this.atEnd && !follow;
    const top = this.#above();
    const result = change();
    if (stay) {
      this.#box.scrollTop -= this.#above() - top;
      this.#count(this.#missed + (typeof count === 'function' ? count(result) : count));
    } else {
      this.toEnd();
    }
    return result;
  }

  /** What lies above the upper edge. The box itself grows and shrinks with the lines below it. */
  #above() {
    return this.#box.scrollHeight - this.#box.clientHeight + this.#box.scrollTop;
  }

  toEnd() {
    this.#box.scrollTop = 0;
    this.#count(0);
  }

  #count(missed) {
    this.#missed = missed;
    this.#button.hidden = missed === 0;
    this.#button.querySelector('[data-count]').textContent = counted(missed);
  }
}

function counted(messages) {
  return messages === 1 ? '1 New message' : `${messages || ''} New messages`.trim();
}
