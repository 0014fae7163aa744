// The waiting room: a chat that is assigned opens by itself.

import { chime, setSound, soundIsOn } from './live/chime.js';
import { runClocks } from './live/clock.js';
import { start } from './socket.js';

const known = new Set(waiting().map((link) => link.href));
let leaving = false;

document.body.addEventListener('fantooo:assigned', ({ detail }) => go(detail.url));
document.body.addEventListener('fantooo:live', ({ detail }) => {
  if (detail.state === 'ready') document.body.dispatchEvent(new CustomEvent('fantooo:held'));
});
document.body.addEventListener('fantooo:unassigned', () => {
  document.body.dispatchEvent(new CustomEvent('fantooo:held'));
});
document.body.addEventListener('fantooo:person', () => {
  document.body.dispatchEvent(new CustomEvent('fantooo:held'));
});
document.addEventListener('htmx:after:swap', () => {
  // The push that said so may have been lost on the way.
  const fresh = waiting().find((link) => !known.has(link.href));
  if (fresh) go(fresh.href);
});

// Nobody's choice is swapped away under their hands; they get what is new when they are done.
let behind = false;
document.addEventListener('htmx:before:swap', (event) => {
  const choice = document.activeElement;
  if (event.detail.ctx.sourceElement.id !== 'availability' || !choice?.matches('#availability select')) return;
  event.preventDefault();
  behind = true;
  choice.addEventListener('blur', catchUp, { once: true });
});

const sound = document.getElementById('sound');
sound.checked = soundIsOn();
sound.addEventListener('change', () => {
  setSound(sound.checked);
  chime();
});

runClocks();
start();

function catchUp({ relatedTarget }) {
  // On the way to the switch beside it nothing may move; pressing it brings all that is new.
  if (relatedTarget?.closest('#availability')) return;
  if (behind) document.body.dispatchEvent(new CustomEvent('fantooo:availability'));
  behind = false;
}

async function go(url) {
  if (leaving) return;
  leaving = true;
  await chime();
  window.location.assign(url);
}

function waiting() {
  return [...document.querySelectorAll('#held a[data-waits]')];
}
