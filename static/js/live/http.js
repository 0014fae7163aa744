// Requests a page makes itself: with the CSRF token, as JSON, with a time limit.

const LIMIT = 15_000;

/** What a request came to. `status` 0: no answer; whether it arrived is unknown. */
export async function ask(method, url, fields = null, { keepalive = false } = {}) {
  const options = {
    method,
    headers: { Accept: 'application/json' },
    credentials: 'same-origin',
    cache: 'no-store',
    keepalive,
    // On a page that has gone nobody waits any more, and nothing is cut short.
    signal: AbortSignal.timeout(LIMIT),
  };
  if (fields) {
    options.body = new URLSearchParams(fields);
    options.headers['X-CSRFToken'] = token();
  }
  try {
    const response = await fetch(url, options);
    const text = await response.text();
    const json = response.headers.get('Content-Type')?.includes('json');
    return {
      status: response.status,
      ok: response.ok,
      body: json ? JSON.parse(text) : null,
      text,
      retryAfter: Number(response.headers.get('Retry-After')) || 0,
    };
  } catch {
    return { status: 0, ok: false, body: null, text: '', retryAfter: 0 };
  }
}

function token() {
  return document.querySelector('input[name="csrf_token"]')?.value ?? '';
}
