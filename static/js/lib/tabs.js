// Tabs as the WAI-ARIA practices have them: arrows, Home and End move and choose, Tab goes into the panel.
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export function startTabs() {
  document.addEventListener("click", ({ target }) => {
    const tab = target.closest?.("[data-tabs] [role=tab]");
    if (tab) choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[data-tabs] [role=tab]");
    if (!tab) return;
    const all = among(tab);
    const ends = { Home: 0, End: all.length - 1 };
    const step = STEPS[event.key] * (getComputedStyle(tab).direction === "rtl" ? -1 : 1);
    const next = ends[event.key] ?? (all.indexOf(tab) + step + all.length) % all.length;
    if (Number.isNaN(next)) return;
    event.preventDefault();
    choose(all[next]);
    all[next].focus();
  });
}

function among(tab) {
  return [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
}

function choose(chosen) {
  for (const tab of among(chosen)) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).toggleAttribute("data-shown", on);
  }
}
