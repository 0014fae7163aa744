// One's own page: after a section was sent, what happened is said, and the focus is where one goes on.

import { watchPhotos } from "./lib/photos.js";
import { watchPlaces } from "./lib/places.js";
import { toast } from "./lib/toast.js";

watchPlaces();
watchPhotos();

// Of the form itself nothing is left after the swap but its name, if it had one.
let sent = "";
document.addEventListener("submit", (event) => (sent = event.target.id), true);

document.addEventListener("htmx:after:swap", ({ detail }) => {
  // The source is the form that was sent or what came in its place: both know the section's name.
  const section = document.getElementById(detail.ctx.sourceElement?.closest?.(".me-section")?.id ?? "");
  if (!section) return;
  if (section.dataset.said) toast(section.dataset.said);
  const name = section.dataset.said && section.querySelector("#display_name");
  if (name) document.getElementById("me-name").textContent = name.value;
  const wrong = section.querySelector("[aria-invalid]");
  // The form that was sent, where it has a name and is still there; else the first of its section.
  const form = sent ? document.getElementById(sent) : null;
  const button = form?.querySelector(".me-actions button") ?? section.querySelector(".me-actions button");
  // A device that was signed out is gone with its button, and so is a wish that was answered.
  const gone = ["me-sessions", "me-photos"].includes(section.id) || (section.id === "me-limits" && !form) || !button;
  (wrong ?? (gone ? section.querySelector("h2") : button)).focus({ preventScroll: !wrong });
});
