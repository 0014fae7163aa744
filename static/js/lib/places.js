// Towns offered while one is typed: a combobox with a list (WAI-ARIA), for fields with `data-places`.
// What is typed stays as it is until one is chosen; without scripts the field is a plain one.

const PAUSE = 300;
const SHORTEST = 2;

/** Makes each such field a combobox when it gets the focus, also in parts that come later. */
export function watchPlaces() {
  const start = ({ target }) => {
    if (target?.matches?.("[data-places]") && target.getAttribute("role") !== "combobox") new Places(target);
  };
  document.addEventListener("focusin", start);
  start({ target: document.activeElement });
}

class Places {
  #field;
  #anchor = document.createElement("div");
  #status = document.createElement("span");
  #timer = 0;
  #asking = null;
  #active = -1;
  /** The text whose towns are shown or were chosen from: not asked for again. */
  #known;

  constructor(field) {
    this.#field = field;
    this.#known = field.value;
    this.#anchor.className = "places";
    this.#status.className = "visually-hidden";
    this.#status.setAttribute("role", "status");
    field.after(this.#anchor, this.#status);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-haspopup": "listbox",
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.#close());
    // The focus stays in the field, so that a press on the list is not a leaving.
    this.#anchor.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#anchor.addEventListener("click", ({ target }) => this.#choose(target.closest("[role=option]")));
  }

  get #options() {
    return [...this.#anchor.querySelectorAll("[role=option]")];
  }

  get #isOpen() {
    return this.#field.getAttribute("aria-expanded") === "true";
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#mark(-1);
    if (this.#field.value.trim().length < SHORTEST) this.#close();
    else this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  /** Asks for the towns of what stands there now; what was asked before is not waited for. */
  async #ask() {
    const typed = this.#field.value.trim();
    if (typed === this.#known || document.activeElement !== this.#field) return;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const url = new URL(this.#field.dataset.places, window.location.href);
    url.searchParams.set("q", typed);
    try {
      const answer = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
      if (!answer.ok) return this.#close();
      const html = await answer.text();
      if (asking === this.#asking && document.activeElement === this.#field) this.#show(html, typed);
    } catch {
      // Gone or offline: suggestions are a help, the field works without.
    }
  }

  #show(html, typed) {
    const template = document.createElement("template");
    template.innerHTML = html;
    this.#anchor.replaceChildren(template.content);
    this.#known = typed;
    this.#active = -1;
    const list = this.#anchor.firstElementChild;
    const count = this.#options.length;
    if (!count) return this.#close();
    list.id = `${this.#field.id}-towns`;
    this.#field.setAttribute("aria-controls", list.id);
    this.#field.setAttribute("aria-expanded", "true");
    this.#status.textContent = `${count} ${count === 1 ? "town" : "towns"}. Arrow keys choose, or go on typing.`;
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-activedescendant");
    this.#field.removeAttribute("aria-controls");
    this.#anchor.replaceChildren();
    this.#status.textContent = "";
    this.#active = -1;
    this.#known = this.#field.value.trim();
  }

  #key(event) {
    if (!this.#isOpen || event.isComposing) return;
    const count = this.#options.length;
    if (event.key === "ArrowDown") this.#mark(this.#active + 1 < count ? this.#active + 1 : 0);
    else if (event.key === "ArrowUp") this.#mark(this.#active > 0 ? this.#active - 1 : count - 1);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#options[this.#active]);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }

  #mark(index) {
    this.#active = index;
    for (const [place, option] of this.#options.entries()) option.setAttribute("aria-selected", String(place === index));
    const chosen = this.#options[index];
    if (!chosen) return this.#field.removeAttribute("aria-activedescendant");
    this.#field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    if (!option) return;
    this.#field.value = option.dataset.value;
    this.#close();
    this.#field.focus();
  }
}
