// One message on its way: over the open socket, which spares a request of its own, or as a form.

import { ask } from './http.js';
import { isReady, send } from '../socket.js';

/** A line that is quiet for so long may be dead without saying so; then the form tries. */
const PATIENCE = 5000;

/**
 * Sends `fields` with their `client_id` to `chat`; what it came to is said as `ask` says it. A message
 * that may have arrived is sent again: the same `client_id` is no second message.
 */
export async function deliver(url, chat, fields) {
  const answer = isReady() ? await overSocket(chat, fields) : null;
  return answer ?? ask('POST', url, fields);
}

/** The answer; null when the line was lost or quiet. */
function overSocket(chat, fields) {
  const body = document.body;
  const over = new AbortController();
  return new Promise((resolve) => {
    const options = { signal: over.signal };
    body.addEventListener('fantooo:answer', ({ detail }) => {
      if (detail.client_id !== fields.client_id) return;
      const { status, body, retry_after: retryAfter } = detail;
      resolve({ status, ok: status === 200, body, retryAfter });
    }, options);
    body.addEventListener('fantooo:live', ({ detail }) => detail.state !== 'ready' && resolve(null), options);
    setTimeout(resolve, PATIENCE, null);
    send({ type: 'send', chat, ...fields });
  }).finally(() => over.abort());
}
