// On a phone the filters fill the screen: one button says how many they leave, and leads there.
export function startFound() {
  const filters = document.querySelector("[data-filters]");
  if (!filters) return;
  const tell = () => {
    const count = document.querySelector("#results .count")?.textContent ?? "";
    filters.querySelector("[data-found]").textContent = count.match(/^\s*\d+ \w+/)?.[0].trim() ?? "what was found";
  };
  tell();
  document.addEventListener("htmx:after:swap", tell);
  filters.querySelector("[data-shows-found]").addEventListener("click", (event) => {
    event.preventDefault();
    filters.open = false;
    const results = document.getElementById("results");
    results.tabIndex = -1;
    results.focus({ preventScroll: true });
    results.scrollIntoView({ block: "start" });
  });
}
