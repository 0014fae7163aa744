// Rating a chat without leaving it.

import { ask } from './http.js';

export function watchRating() {
  const form = document.querySelector('[data-rating]');
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const stars = new FormData(form).get('stars');
    const said = form.querySelector('[data-said]');
    const answer = await ask('POST', form.action, { stars });
    if (answer.ok) said.textContent = 'Thank you. You can change it at any time.';
    else said.textContent = answer.body?.error?.message ?? 'That did not work. Please try again.';
  });
}
