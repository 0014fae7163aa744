// One's own page: after a section was sent, what happened is said, and the focus is where one goes on.

import { watchPlaces } from "./lib/places.js";
import { toast } from "./lib/toast.js";

watchPlaces();

document.addEventListener("htmx:after:swap", ({ detail }) => {
  // The source is the form that was sent or what came in its place: both know the section's name.
  const section = document.getElementById(detail.ctx.sourceElement?.closest?.(".me-section")?.id ?? "");
  if (!section) return;
  if (section.dataset.said) toast(section.dataset.said);
  const name = section.dataset.said && section.querySelector("#display_name");
  if (name) document.getElementById("me-name").textContent = name.value;
  const wrong = section.querySelector("[aria-invalid]");
  const button = section.querySelector(".me-actions button");
  // A device that was signed out is gone with its button.
  (wrong ?? (section.id === "me-sessions" ? section.querySelector("h2") : button)).focus({ preventScroll: !wrong });
});
