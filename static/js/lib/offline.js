// A line at the top while the device has no connection.
export function startOffline() {
  const line = document.getElementById("offline");
  if (!line) return;
  const show = () => { line.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
