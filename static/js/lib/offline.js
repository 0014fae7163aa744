// A line at the top while the device says that it has no connection. Devices are wrong about it at
// times: where the page has a line of its own one can try all the same, and what it says counts more.
export function startOffline() {
  const line = document.getElementById("offline");
  if (!line) return;
  const button = line.querySelector("button");
  const show = () => { line.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  document.body.addEventListener("fantooo:live", ({ detail }) => {
    button.hidden = detail.state === "ended";
    if (detail.state === "connecting") return;
    button.removeAttribute("aria-busy");
    if (detail.state === "ready") line.hidden = true;
    else show();
  });
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    document.body.dispatchEvent(new CustomEvent("fantooo:reconnect"));
  });
  show();
}
