import { watchPlaces } from "./lib/places.js";

watchPlaces();

// Onboarding: a suggested name is taken with one tap, and the new step's title gets the focus.
document.addEventListener("click", (event) => {
  const suggestion = event.target.closest?.("[data-suggest]");
  const field = document.getElementById("username");
  if (!suggestion || !field) return;
  field.value = suggestion.dataset.suggest;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

let step = document.getElementById("onboarding")?.dataset.step;
new MutationObserver(() => {
  const card = document.getElementById("onboarding");
  if (!card) return;
  const invalid = card.querySelector("[aria-invalid]");
  if (card.dataset.step !== step || invalid) {
    step = card.dataset.step;
    (invalid ?? card.querySelector("#step-title")).focus();
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
