// What the page has to say: the connection line, and one message at a time above the composer.

/** After so many tries that failed it is no blink any more, and the next one may be half a minute away. */
const GIVEN_UP = 4;

/** Shows the state of the connection in `line`, with "Try now" when it is lost. */
export function watchConnection(line) {
  const words = line.querySelector('[data-words]');
  const button = line.querySelector('button');
  let timer = 0;
  button.addEventListener('click', () => {
    document.body.dispatchEvent(new CustomEvent('fantooo:reconnect'));
  });
  const show = (text) => {
    words.textContent = text;
    line.hidden = !text;
  };
  const lost = (tries) => {
    button.hidden = false;
    const words = tries < GIVEN_UP ? 'Connection lost. Reconnecting...' : 'Disconnected. What you write waits here.';
    // Offline has its own line, on every page.
    show(navigator.onLine ? words : '');
  };
  document.body.addEventListener('fantooo:live', ({ detail }) => {
    clearTimeout(timer);
    if (detail.state === 'ready') show('');
    // A blink of the line is nobody's business.
    else if (detail.state === 'lost') timer = setTimeout(() => lost(detail.tries), detail.tries > 1 ? 0 : 1200);
  });
}

export class Notice {
  #place;
  #words;
  #link;

  constructor(place) {
    this.#place = place;
    this.#words = place.querySelector('[data-words]');
    this.#link = place.querySelector('a');
    place.querySelector('button')?.addEventListener('click', () => this.clear());
  }

  /** `link`: `{ href, text }` of what to do next. */
  say(text, { kind = 'info', link = null } = {}) {
    this.#place.dataset.kind = kind;
    this.#words.textContent = text;
    this.#link.hidden = !link;
    if (link) {
      this.#link.href = link.href;
      this.#link.textContent = link.text;
    }
    this.#place.hidden = false;
  }

  clear() {
    this.#place.hidden = true;
    this.#words.textContent = '';
  }
}
