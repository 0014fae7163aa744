// The number of unseen messages in the window's title while the page is in the background.

export class Title {
  #plain = document.title;
  #count = 0;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      this.#count = 0;
      document.title = this.#plain;
    });
  }

  add(count) {
    if (document.visibilityState === 'visible' || !count) return;
    this.#count += count;
    document.title = `(${this.#count}) ${this.#plain}`;
  }
}
