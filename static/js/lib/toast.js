// Short words at the lower edge, read out by screen readers.
const SECONDS = 6;

/** Shows `text` for some seconds; `kind` is "info" or "error". */
export function toast(text, kind = "info") {
  const area = document.getElementById("toasts");
  if (!area) return;
  const line = document.createElement("p");
  line.className = `toast ${kind}`;
  line.textContent = text;
  area.append(line);
  setTimeout(() => line.remove(), SECONDS * 1000);
}
