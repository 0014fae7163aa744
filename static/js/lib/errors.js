// What htmx could not do is said in a toast; what was typed stays where it is.
import { leave } from "../socket.js";
import { toast } from "./toast.js";

const SAID = new Set([400, 403, 404, 409, 423]);

export function startErrors() {
  document.addEventListener("htmx:response:error", (event) => {
    const { response, text } = event.detail?.ctx ?? {};
    const status = response?.status ?? 0;
    const elsewhere = response?.headers?.get?.("HX-Redirect");
    // Who has to sign in comes back to this page; every other way is the server's to say.
    if (elsewhere && status !== 401) return location.assign(elsewhere);
    if (status === 429) toast("That was a lot at once. Wait a moment and try again.", "error");
    else if (status === 401) leave();
    else if (status >= 500 || status === 0) toast("That did not work. Nothing is lost; try again in a moment.", "error");
    else if (SAID.has(status)) toast(wordsOf(text), "error");
  });
  document.addEventListener("htmx:error", () => {
    toast(navigator.onLine ? "Connection lost. Try again in a moment." : "You are offline. Try again when the line is back.", "error");
  });
}

/** The words of an error, which comes as a fragment; a whole page has them in its heading. */
function wordsOf(html) {
  const page = new DOMParser().parseFromString(html ?? "", "text/html");
  const place = page.querySelector(".form-error, h1") ?? page.body;
  return place.textContent.trim() || "That did not work. Reload the page and try again.";
}
