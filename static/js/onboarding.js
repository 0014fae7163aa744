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

// The browser's own back button goes back a step, and a reload keeps what was typed in this tab.
// The password is never kept.
const KEPT = "fantooo.onboarding";
const FIELDS = ["username", "location", "gender", "age", "looking_for"];

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(card) {
  const values = kept();
  for (const name of FIELDS) {
    const field = card.querySelector(`[name="${name}"]`);
    if (field?.value) values[name] = field.value;
  }
  sessionStorage.setItem(KEPT, JSON.stringify(values));
}

function fillIn(card) {
  const values = kept();
  for (const name of FIELDS) {
    const field = card.querySelector(`[name="${name}"]`);
    if (field && !field.value && values[name]) field.value = values[name];
  }
}

document.addEventListener("input", (event) => {
  const card = event.target.closest?.("#onboarding");
  if (card) keep(card);
});
document.addEventListener("submit", (event) => {
  if (event.submitter?.name === "back") return;
  if (event.target.closest("#onboarding")?.dataset.step === "3") sessionStorage.removeItem(KEPT);
});

// The page's own button takes the same way, so that the browser's list of pages stays in step. Each
// entry knows its step, so that forward goes forward.
let going = false;
// How often it may be pressed for one wish: a server that does not answer is not asked for ever.
let presses = 0;
document.addEventListener(
  "click",
  (event) => {
    if (going || !(history.state?.step > 1) || !event.target.closest?.('#onboarding [name="back"]')) return;
    event.preventDefault();
    event.stopPropagation();
    history.back();
  },
  true,
);
window.addEventListener("popstate", () => {
  presses = 3;
  if (!going) follow();
});

// Who is in leaves no step in the list of pages: each would lead on to where they wanted to go, so that
// Back showed that again and again. The first step's entry becomes that place.
let done = false;
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!ctx.hx.redirect || !event.target.closest?.("#onboarding")) return;
  event.preventDefault();
  ctx.keepIndicators = done = true;
  const enter = () => location.replace(ctx.hx.redirect);
  const behind = history.state?.behind ?? 0;
  if (!behind) return enter();
  addEventListener("popstate", enter, { once: true });
  history.go(-behind);
});

/** Presses its way to the step of the present entry, one after the other. */
function follow() {
  if (done) return;
  const card = document.getElementById("onboarding");
  const wanted = history.state?.step ?? 1;
  if (!card || wanted === Number(card.dataset.step) || presses <= 0) return;
  presses -= 1;
  const button = wanted < card.dataset.step ? '[name="back"]' : 'button:not([name], [type="button"])';
  going = true;
  card.querySelector(button)?.click();
}
// What was pressed has been answered, or given up; the entry may be another by now.
document.addEventListener("htmx:finally:request", () => {
  if (!going) return;
  going = false;
  if (!document.querySelector("#onboarding [aria-invalid]")) follow();
});
// htmx would fetch the page of the address, which is that of the first step.
document.addEventListener("htmx:before:history:restore", (event) => {
  if (document.getElementById("onboarding")) event.preventDefault();
});

/** Marked as htmx's, which overwrites others'. `behind`: how many entries the first one is back. */
function entry(card, behind) {
  return { htmx: true, step: Number(card.dataset.step), behind };
}

const first = document.getElementById("onboarding");
if (first) {
  fillIn(first);
  history.replaceState(entry(first, history.state?.behind ?? 0), "");
}
let step = first?.dataset.step;
new MutationObserver(() => {
  const card = document.getElementById("onboarding");
  if (!card) return;
  const invalid = card.querySelector("[aria-invalid]");
  if (card.dataset.step !== step || invalid) {
    if (card.dataset.step > step && !going) history.pushState(entry(card, (history.state?.behind ?? 0) + 1), "");
    step = card.dataset.step;
    fillIn(card);
    (invalid ?? card.querySelector("#step-title")).focus();
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
