// A page restored from the browser's memory may belong to somebody who has logged out since.
export function startMemory() {
  addEventListener("pageshow", async (event) => {
    if (!event.persisted || document.body.dataset.role === "public") return;
    const answer = await fetch("/session", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.replace(document.body.dataset.login ?? "/login");
  });
}
