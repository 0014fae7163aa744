// Escape sends a tooltip away until one points at its sign anew; showing it is the style sheet's.
export function startTooltips() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const tip of document.querySelectorAll(".tooltip:is(:hover, :focus-within)")) tip.dataset.dismissed = "";
  });
  for (const kind of ["pointerout", "focusout"]) {
    document.addEventListener(kind, ({ target, relatedTarget }) => {
      const tip = target.closest?.(".tooltip[data-dismissed]");
      if (tip && !tip.contains(relatedTarget)) delete tip.dataset.dismissed;
    });
  }
}
