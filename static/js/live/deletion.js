// Taking an own message back: asked in the dialog `#deletion`, answered by the tombstone's envelope.
// Without it the menu's link leads to a page that asks.

import { open } from '../lib/dialogs.js';
import { ask } from './http.js';

/** `list`: the messages; `take(envelope)`: the gate's door. */
export function watchDeletion(list, take) {
  const dialog = document.getElementById('deletion');
  const form = dialog.querySelector('form.deletion');
  const error = form.querySelector('[data-error]');
  const button = form.querySelector('[type=submit]');
  list.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-delete]');
    // Another tab, a new window: the page asks there.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const bubble = link.closest('.bubble');
    form.action = link.href;
    // textContent: these are a person's words, never markup.
    form.querySelector('[data-quote]').textContent = bubble.querySelector('.bubble-text').lastChild.textContent;
    form.querySelector('[data-paid]').hidden = link.dataset.delete !== 'paid';
    error.hidden = true;
    // What closes gives the focus back to where it was; the menu's item is hidden by then.
    bubble.querySelector('summary').focus();
    open('deletion');
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    error.hidden = true;
    const { action } = form;
    const answer = await ask('POST', action, {});
    button.removeAttribute('aria-busy');
    if (form.action !== action) return;
    if (!answer.ok) {
      error.textContent = answer.body?.error?.message ?? 'That did not work. Try again in a moment.';
      error.hidden = false;
      return;
    }
    dialog.close();
    take(answer.body);
    // The bubble with its menu is gone; the arrow keys go on from the conversation.
    list.closest('.log').focus({ preventScroll: true });
  });
}
