// One message on its way: over the open socket, which spares a request of its own, or as a form.

import { ask } from './http.js';
import { drop, isReady, send } from '../socket.js';

/** A line that is quiet for so long after a message is dead, whatever it says of itself, in ms. */
const QUIET = 5000;
/** Once the server has said that it has the message: as long as it may need at its worst. */
const PATIENCE = 40_000;

/**
 * Sends `fields` with their `client_id` to `chat`. Resolves to `{ status, ok, body, retryAfter }` as
 * `ask` does. A message that may have arrived is sent again: the same `client_id` is no second one.
 */
export async function deliver(url, chat, fields) {
  const answer = isReady() ? await overSocket(chat, fields) : null;
  return answer ?? ask('POST', url, fields);
}

/** The answer; null when the line was lost or dead. */
function overSocket(chat, fields) {
  const over = new AbortController();
  const hear = (name, heard) => document.body.addEventListener(`fantooo:${name}`, heard, { signal: over.signal });
  return new Promise((resolve) => {
    // Dropped, the line is made anew, and what comes next need not find out for itself.
    let timer = setTimeout(drop, QUIET);
    hear('taken', ({ detail }) => {
      if (detail.client_id !== fields.client_id) return;
      clearTimeout(timer);
      timer = setTimeout(drop, PATIENCE);
    });
    hear('answer', ({ detail }) => {
      if (detail.client_id !== fields.client_id) return;
      clearTimeout(timer);
      const { status, body, retry_after: retryAfter } = detail;
      resolve({ status, ok: status === 200, body, retryAfter });
    });
    hear('live', ({ detail }) => {
      if (detail.state === 'ready') return;
      clearTimeout(timer);
      // Without a session a form could only be told the same.
      resolve(detail.state === 'ended' ? { status: 401, ok: false, body: null, retryAfter: 0 } : null);
    });
    send({ type: 'send', chat, ...fields });
  }).finally(() => over.abort());
}
