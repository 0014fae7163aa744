// A user's chat page: prices, credits and the texts of refusals. Without it the form posts plainly.

import { leave } from './socket.js';
import { apply } from './live/partials.js';
import { converse } from './live/conversation.js';
import { watchDeletion } from './live/deletion.js';
import { open } from './lib/dialogs.js';
import { watchRating } from './live/rating.js';
import { followKeyboard } from './live/viewport.js';

const quote = () => ({ quote: document.querySelector('#composer-price input[name="quote"]')?.value ?? '' });

const waiting = document.getElementById('waiting');

const parts = converse({
  side: 'user',
  // The price that stood there when it was sent; only a retry agrees to a new one.
  fields: quote,
  again: quote,
  refused,
  arrived: (bubbles) => {
    if (bubbles.length) waiting.hidden = bubbles[bubbles.length - 1].dataset.sender !== 'real';
  },
  caughtUp: (answer) => apply(answer.composer),
  gone: () => window.location.assign('/discover'),
});

followKeyboard();
watchRating();
watchDeletion(parts.log.list, (envelope) => parts.gate.take(envelope));

function refused(item, { status, body, retryAfter }) {
  const error = body?.error ?? {};
  const { notice } = parts;
  switch (status) {
    case 401:
      leave();
      return { restore: true };
    case 402:
      needCredits(error);
      return { restore: true };
    case 409:
      if (error.code !== 'price_changed') break;
      newPrice(error.composer);
      notice.say(`The price changed to ${inCredits(error.price)}. Send again to agree.`, { kind: 'price' });
      return { restore: true };
    case 400:
      notice.say(error.message, { kind: 'error' });
      return { restore: true };
    case 423:
      notice.say(error.message, { kind: 'error' });
      return { text: 'Not sent.' };
    case 429: {
      const text = retryAfter ? `Try again in ${retryAfter} seconds.` : 'Try again in a moment.';
      notice.say(`You are sending very fast. ${text}`, { kind: 'error' });
      return { text: 'Not sent.' };
    }
  }
  const text = error.message ?? 'An unexpected error occurred. Please try again.';
  notice.say(text, { kind: 'error' });
  return { text: 'Not sent.' };
}

function newPrice(html) {
  if (!html) return;
  const template = document.createElement('template');
  template.innerHTML = html;
  document.getElementById('composer-price').replaceWith(template.content);
}

function needCredits(error) {
  const words = document.querySelector('#purchase [data-need]');
  words.textContent = error.explanation ?? '';
  open('purchase');
}

function inCredits(amount) {
  return amount === 1 ? '1 credit' : `${amount} credits`;
}
