// `[data-print]` prints the page it stands on.
export function startPrint() {
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("[data-print]")) window.print();
  });
}
