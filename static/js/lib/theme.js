// The theme switch without a reload; the cookie is set by the same form, so the next page is right.
export function startTheme() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("[data-theme-form]");
    const chosen = event.submitter?.value;
    if (!form || !chosen) return;
    event.preventDefault();
    const body = new FormData(form);
    body.set("theme", chosen);
    document.documentElement.dataset.theme = chosen;
    for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
      const { scheme } = bar.dataset;
      bar.media = chosen === "system" ? `(prefers-color-scheme: ${scheme})` : chosen === scheme ? "all" : "not all";
    }
    for (const button of document.querySelectorAll("[data-theme-form] button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
    await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  });
}
