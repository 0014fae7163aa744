// How many characters are on the page goes into its address, so that coming back finds the same
// place; the server renders as many at once.
export function startScrolled() {
  document.addEventListener("htmx:after:swap", () => {
    const grid = document.getElementById("grid");
    if (!grid) return;
    const shown = grid.querySelectorAll(".char-card").length;
    const here = new URL(location.href);
    if (shown <= 24 && !here.searchParams.has("shown")) return;
    if (here.searchParams.get("shown") === String(shown)) return;
    here.searchParams.set("shown", shown);
    history.replaceState(history.state, "", here);
  });
}
