// A form on its way says so on its button, which keeps its size and its focus.
export function startBusy() {
  document.addEventListener("submit", (event) => {
    // What a script sends has a sign of its own.
    if (event.defaultPrevented || event.target.method !== "post") return;
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Come back to from the browser's memory, nothing is on its way.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });
}
