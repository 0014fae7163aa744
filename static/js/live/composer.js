// The text field: sends on Enter, grows with the text, counts near the limit, takes texts back.

/** As many characters as a message, and a draft on the server, may have. */
export const MOST = 1000;
const COUNT_FROM = 900;
// Something that can be seen, as the server sees it (domain/text.py): no blank, joiner or lone mark.
const SEEN = /[^\p{Z}\p{C}\p{M}\u115f\u1160\u3164\uffa0\u2800]/u;

export class Composer {
  #form;
  #text;
  #counter;
  #locked = false;

  /** `submit(content)` is called with a text that may be sent; the field is empty by then. */
  constructor(form, submit) {
    this.#form = form;
    this.#text = form.querySelector('textarea');
    this.#counter = form.querySelector('[data-counter]');
    const touch = window.matchMedia('(hover: none) and (pointer: coarse)');
    form.noValidate = true;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const content = this.value.trim();
      // Emptied before anything else happens: a second click finds nothing to send.
      if (this.#locked || !SEEN.test(content) || length(content) > MOST) return;
      this.set('');
      submit(content);
      this.#text.focus();
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return;
      if (touch.matches && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (!event.repeat) form.requestSubmit();
    });
    this.#text.addEventListener('input', () => this.#changed());
    this.#changed();
  }

  get field() {
    return this.#text;
  }

  get value() {
    return this.#text.value;
  }

  set(text) {
    this.#text.value = text;
    this.#text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Gives a text back that was not sent; what was typed since stays behind it. */
  restore(text) {
    const typed = this.value;
    this.set(typed.trim() ? `${text}\n${typed}` : text);
    this.#text.focus();
    this.#text.setSelectionRange(this.value.length, this.value.length);
  }

  /** Puts a text where the cursor is. */
  insert(text) {
    this.#text.focus();
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.#text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Nothing can be sent from here any more; the text can still be read and copied. */
  lock() {
    this.#locked = true;
    this.#text.readOnly = true;
    for (const button of this.#form.querySelectorAll('button')) button.disabled = true;
  }

  #changed() {
    const text = this.#text;
    const used = length(text.value.trim());
    this.#counter.textContent = used < COUNT_FROM ? '' : counted(MOST - used);
    this.#counter.classList.toggle('is-over', used > MOST);
    text.setAttribute('aria-invalid', String(used > MOST));
    if (!CSS.supports('field-sizing', 'content')) {
      text.style.height = 'auto';
      text.style.height = `${text.scrollHeight}px`;
    }
  }
}

/** Characters as the server counts them. */
export function length(text) {
  return [...text].length;
}

function counted(left) {
  return left >= 0 ? `${left} left` : `${-left} too many, kept in this tab only`;
}
