// Typing, both ways: told while somebody really types, shown while the other side really does.

import { send } from '../socket.js';

const EVERY = 2000;
const QUIET = 3000;
/** Without a new sign for so long the last "off" was lost. */
const SHOWN = 6000;

/** Tells the other side; returns a function that says "stopped" (after sending). */
export function tellTyping(field, chat) {
  let told = 0;
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    if (told) send({ type: 'typing', chat, on: false });
    told = 0;
  };
  field.addEventListener('input', (event) => {
    // A text put in by the page is not typing.
    if (!event.isTrusted) return;
    if (!field.value.trim()) return stop();
    if (Date.now() - told > EVERY) {
      told = Date.now();
      send({ type: 'typing', chat, on: true });
    }
    clearTimeout(timer);
    timer = setTimeout(stop, QUIET);
  });
  return stop;
}

/** Shows the other side's typing in `place`, each change within `move`; returns a function that hides it. */
export function showTyping(place, chat, move) {
  let timer = 0;
  const words = place.querySelector('[data-words]');
  const show = (on) => {
    clearTimeout(timer);
    if (place.classList.contains('is-on') !== on) move(() => place.classList.toggle('is-on', on));
    words.textContent = on ? 'typing…' : '';
    if (on) timer = setTimeout(() => show(false), SHOWN);
  };
  document.body.addEventListener('fantooo:typing', ({ detail }) => {
    if (detail.chat === chat) show(detail.on);
  });
  return () => show(false);
}
