// The desk's keys. The dialog `#keys` lists them; change both together.

/** `keys`: `{ 'Alt+KeyN': action, '?': action }`, by event.code with Alt, by character without. */
export function watchKeys(keys) {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const writing = event.target.closest?.('input, textarea, select');
    const name = event.altKey ? `Alt+${event.code}` : event.key;
    if (!keys[name] || (writing && !event.altKey)) return;
    event.preventDefault();
    keys[name]();
  });
}
