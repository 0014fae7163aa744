// "Show" beside a password: who types on a small screen may look at what they typed.
export function startReveal() {
  offer();
  document.addEventListener("htmx:after:swap", offer);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reveal]");
    if (button) show(button, button.getAttribute("aria-pressed") !== "true");
  });
  // Sent as a password, so that browsers keep it as one and not among the texts once typed.
  document.addEventListener("submit", ({ target }) => {
    for (const button of target.querySelectorAll("[data-reveal]")) show(button, false);
  }, { capture: true });
}

function offer() {
  for (const button of document.querySelectorAll("[data-reveal][hidden]")) button.hidden = false;
}

function show(button, on) {
  document.getElementById(button.dataset.reveal).type = on ? "text" : "password";
  button.setAttribute("aria-pressed", String(on));
}
