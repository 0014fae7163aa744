// The operator's desk: one conversation with everything around it.

import { chime } from './live/chime.js';
import { restart, runClocks } from './live/clock.js';
import { converse } from './live/conversation.js';
import { open } from './lib/dialogs.js';
import { watchKeys } from './live/keys.js';
import { watchNotes } from './live/notes.js';
import { watchPanels } from './live/panels.js';
import { watchTemplates } from './live/templates.js';
import { followKeyboard } from './live/viewport.js';
import { leave } from './socket.js';

const desk = document.getElementById('desk');
const clock = document.getElementById('answer-clock');
const room = desk.dataset.waitingRoom;
let following = '';
let online = false;
let soon = 0;

const notes = watchNotes();
const parts = converse({
  side: 'operator',
  // What this operator had seen when it was sent; only a retry answers to more.
  fields: stand,
  again: stand,
  refused,
  sent,
  arrived,
  reloading: () => notes.save(),
  gone: () => ended('This chat is no longer assigned to you.'),
});
const { chat, composer, notice, log } = parts;
const templates = watchTemplates(composer, log);
const showPanel = watchPanels(desk);

followKeyboard();
runClocks();
markHere();
document.addEventListener('htmx:after:swap', markHere);

watchKeys({
  '?': () => open('keys'),
  'Alt+KeyM': () => { showPanel('talk'); composer.field.focus(); },
  'Alt+KeyN': next,
  'Alt+KeyB': () => open('handback'),
  'Alt+KeyU': () => { showPanel('user'); document.querySelector('#note-real textarea').focus(); },
  'Alt+KeyC': () => { showPanel('character'); document.querySelector('#note-fictional textarea').focus(); },
  ...Object.fromEntries(
    [...Array(9).keys()].map((index) => [`Alt+Digit${index + 1}`, () => { showPanel('talk'); templates.use(index); }]),
  ),
});
composer.field.addEventListener('keydown', (event) => {
  // Shift+Enter is a new line; Ctrl+Enter sends like Enter, for hands that are used to it.
  if (event.key === 'Escape') composer.field.blur();
});

if (window.matchMedia('(hover: hover)').matches) {
  composer.field.focus();
  composer.field.setSelectionRange(composer.value.length, composer.value.length);
}

const body = document.body;
body.addEventListener('fantooo:live', ({ detail }) => detail.state === 'ready' && refresh());
body.addEventListener('fantooo:presence', ({ detail }) => {
  if (detail.chat !== chat) return;
  online = detail.online;
  showPresence();
});
// The person's name stands in the list of held chats too, and in the window's title.
body.addEventListener('fantooo:person', refresh);
document.addEventListener('htmx:after:swap', showPresence);
body.addEventListener('fantooo:assigned', async ({ detail }) => {
  refresh();
  if (detail.chat === chat) {
    // Taken away and given back: a new number, and perhaps new messages.
    if (isBusyBeside()) {
      notice.say('This chat is yours again.', { link: { href: detail.url, text: 'Open it anew' } });
      return;
    }
    await parts.draft.save();
    window.location.reload();
    return;
  }
  const opens = () => clock.hidden && movesOn();
  if (opens()) {
    await chime();
    // Hands may have come to the page while it rang.
    if (opens()) {
      window.location.assign(detail.url);
      return;
    }
  } else {
    chime();
  }
  notice.say('Another chat was given to you.', { link: { href: detail.url, text: 'Open it' } });
});
body.addEventListener('fantooo:unassigned', ({ detail }) => {
  refresh();
  if (detail.chat === chat) ended(reasonOf(detail.reason));
});
body.addEventListener('fantooo:warn', ({ detail }) => {
  refresh();
  const minutes = Math.round(detail.seconds / 60);
  const text = `has waited ${minutes} minutes. Answer now, or it goes back to the queue.`;
  chime();
  if (detail.chat === chat) notice.say(`This person ${text}`, { kind: 'warn' });
  else notice.say(`Another chat ${text}`, { kind: 'warn', link: { href: `/operator/chat/${detail.chat}`, text: 'Open it' } });
});

document.getElementById('handback-form').addEventListener('submit', () => {
  // It goes where it stands; what was typed is not for the next one.
  composer.set('');
});

/** Whether the page may go to another chat by itself: wanted, and nothing of this one is in anybody's hands. */
function movesOn() {
  return desk.dataset.autoNext === 'true' && !composer.value.trim() && parts.outbox.isEmpty && !isBusyBeside();
}

/**
 * Whether something other than the composer is in use: a note, another field, a dialog, a menu. What
 * is typed there would go on in the composer of the page that came instead.
 */
function isBusyBeside() {
  if (!notes.areSaved() || document.querySelector('dialog[open], [data-menu][open]')) return true;
  const at = document.activeElement;
  return at !== composer.field && Boolean(at?.matches('input, textarea, select'));
}

/** What the socket said last, unless the person keeps it to themselves. */
function showPresence() {
  const place = document.getElementById('presence');
  if (place.dataset.shown !== 'true') return;
  place.dataset.online = online;
  place.querySelector('[data-words]').textContent = online ? 'here now' : 'away';
}

function stand() {
  return { assignment_number: desk.dataset.assignment, seen_seq: parts.gate.seen };
}

function refused(item, { status, body, retryAfter }) {
  const error = body?.error ?? {};
  switch (error.code) {
    case 'newer_messages':
      parts.gate.catchUp();
      notice.say(error.message, { kind: 'warn' });
      return { restore: true };
    case 'assignment_ended':
      if (item.assignment_number !== desk.dataset.assignment) {
        // Kept from before the chat was taken away and given back.
        notice.say('This chat was away from you meanwhile. Read it, then send again.', { kind: 'warn' });
        return { restore: true };
      }
      ended('This chat is no longer assigned to you.');
      return { restore: true };
    case 'chat_not_found':
      ended('This chat is no longer assigned to you.');
      return { restore: true };
    case 'outgoing_refused':
      notice.say(`Not sent. ${error.message}`, { kind: 'error' });
      return { restore: true };
    case 'reply_limit':
    case 'validation_error':
      notice.say(error.message, { kind: 'error' });
      return { restore: true };
  }
  if (status === 401) {
    leave();
    return { restore: true };
  }
  if (status === 429 && retryAfter) {
    notice.say(`You are sending very fast. Try again in ${retryAfter} seconds.`, { kind: 'error' });
  } else {
    notice.say(error.message ?? 'An unexpected error occurred. Please try again.', { kind: 'error' });
  }
  return { text: 'Not sent.' };
}

function sent(envelope) {
  following = envelope.next ?? '';
  refresh();
  templates.mark();
  if (!following) return;
  if (movesOn()) {
    window.location.assign(following);
  } else {
    notice.say('Somebody else waits for you.', { link: { href: following, text: 'Next chat' } });
  }
}

function arrived(bubbles, envelope) {
  // The list of chats may show the text that has just changed or gone.
  if (envelope.type === 'edit') refreshSoon();
  if (envelope.type !== 'message' || !bubbles.length) return;
  const theirs = bubbles[bubbles.length - 1].dataset.sender === 'real';
  if (theirs) refreshSoon();
  if (theirs && clock.hidden) restart(clock.querySelector('[data-clock]'), 'left', desk.dataset.answerWithin);
  clock.hidden = !theirs;
}

function next() {
  const first = document.querySelector('#held a[data-waits]:not([aria-current])');
  window.location.assign(following || first?.href || room);
}

function ended(text) {
  // The first reason is the true one; what fails after it only follows from it.
  if (desk.classList.contains('is-ended')) return;
  composer.lock();
  clock.hidden = true;
  desk.classList.add('is-ended');
  notice.say(`${text} What you typed can still be copied.`, { kind: 'error', link: { href: room, text: 'Waiting room' } });
}

function reasonOf(reason) {
  return {
    silence: 'This chat waited too long, so it is no longer yours. It went back to the queue.',
    heartbeat_lost: 'Your connection was lost, so this chat went back to the queue.',
    offline: 'You went offline, so this chat was given back.',
    closed: 'This chat was closed.',
    handed_back: 'You handed this chat back.',
  }[reason] ?? 'This chat is no longer assigned to you.';
}

function refresh() {
  document.body.dispatchEvent(new CustomEvent('fantooo:held'));
}

/** The list shows each chat's newest text; several messages at once are one look. */
function refreshSoon() {
  soon ||= setTimeout(() => {
    soon = 0;
    refresh();
  }, 500);
}

/** The list of held chats comes without knowing which one this page shows. */
function markHere() {
  for (const link of document.querySelectorAll('#held a')) {
    if (new URL(link.href).pathname === window.location.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}
