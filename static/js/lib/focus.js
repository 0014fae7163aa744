// A part of the page that is swapped takes nobody's focus away: it stays at the same link, or goes
// on to what stands in its place.
export function startFocus() {
  let held = null;
  document.addEventListener("htmx:before:swap", () => {
    const node = document.activeElement;
    if (!node || node === document.body) return;
    held = { node, link: node.getAttribute("href"), before: node.closest("li")?.previousElementSibling };
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!held || held.node.isConnected) return;
    const { node, link, before } = held;
    held = null;
    if (document.activeElement !== document.body) return;
    const same = document.getElementById(node.id) ?? (link && document.querySelector(`a[href="${CSS.escape(link)}"]`));
    const next = before?.isConnected && before.nextElementSibling?.querySelector("a, button");
    (same || next || document.getElementById("main"))?.focus({ preventScroll: true });
  });
}
