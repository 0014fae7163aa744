// After an hour of use a word about it: how long, and what it came to. It never breaks into typing, and of
// several pages one says it. The server counts; a page in use asks it now and then.

const EVERY = 60_000;
const MOMENT = 500;

export function startTimeHere() {
  const { dataset } = document.body;
  if (dataset.role !== "user") return;
  let used = false;
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (used = true), { capture: true, passive: true });
  setInterval(async () => {
    if (!used || document.hidden) return;
    used = false;
    if (await isDue()) whenQuiet();
  }, EVERY);
  if ("timeIsDue" in dataset) whenQuiet();
}

async function isDue() {
  try {
    const answer = await fetch("/me/time", { headers: { Accept: "application/json" }, cache: "no-store" });
    return answer.ok && (await answer.json()).due;
  } catch {
    return false;
  }
}

let waiting = false;

/** Says it now, or as soon as nothing is being typed and nothing else is open. */
function whenQuiet() {
  if (waiting) return;
  waiting = true;
  const look = () => {
    if (!waiting || document.hidden || isTyping() || document.querySelector("dialog[open]")) return;
    waiting = false;
    for (const kind of KINDS) document.removeEventListener(kind, later, true);
    say();
  };
  // After what is going on now: a field may hand the focus to another, or a press may lead elsewhere.
  const later = () => setTimeout(look, MOMENT);
  for (const kind of KINDS) document.addEventListener(kind, later, true);
  look();
}

const KINDS = ["focusout", "input", "close", "visibilitychange"];

function isTyping() {
  const field = document.activeElement;
  if (!field?.matches?.("input, textarea, [contenteditable]")) return false;
  return Boolean((field.value ?? field.textContent ?? "").trim());
}

async function say() {
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const headers = { "HX-Request-Type": "partial", "X-CSRFToken": token };
  const answer = await fetch("/me/time", { method: "POST", headers }).catch(() => null);
  // 204: another page has said it.
  if (answer?.status !== 200) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const dialog = template.content.querySelector("dialog");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
