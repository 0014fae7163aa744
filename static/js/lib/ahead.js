// Lays out what opens later while there is nothing else to do: opening it is then little more than
// painting (measured: docs/performance.md). What is closed stays unseen and unread meanwhile.

// Not every browser tells when it is idle.
const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));

export function startAhead() {
  addEventListener("load", () => idle(next(document.querySelectorAll("dialog.dialog, .more-filters"))));
}

/** One place at a time, so that nobody waits long who presses something just then. */
function next([place, ...others]) {
  return () => {
    if (!place) return;
    if (place.matches("dialog")) layOut(place);
    else place.lastElementChild.getBoundingClientRect();
    idle(next(others));
  };
}

function layOut(dialog) {
  if (dialog.open) return;
  // Fixed, so that the page beside it stays as it is; gone again before anything is painted.
  Object.assign(dialog.style, { display: "block", position: "fixed", visibility: "hidden" });
  dialog.getBoundingClientRect();
  dialog.removeAttribute("style");
}
