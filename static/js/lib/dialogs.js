// Opens `<dialog>` elements: `[data-opens="id"]` shows one, `[data-closes]` inside closes it. The
// browser itself keeps the focus inside, makes the rest inert and listens to Escape.

export function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) {
      event.preventDefault();
      // The focus comes back here; not every browser gives a pressed button the focus.
      opener.focus();
      open(opener.dataset.opens);
    }
    if (event.target.closest?.("[data-closes]")) event.target.closest("dialog")?.close();
    // A click on the backdrop hits the dialog itself, never its content.
    if (event.target instanceof HTMLDialogElement && isBeside(event.target, event)) event.target.close();
  });
}

/** The dialog's own padding is hit like its backdrop; only the place tells them apart. */
function isBeside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
