// Photos of oneself: sent one by one as they are chosen, each with what it shows and how far it has come.
import { toast } from "./toast.js";

const LIMIT = 120_000;
const FAILED = "That photo did not arrive. Your other photos are as they were; try it again.";

/** Takes over the form of the section of photos, now and whenever it is swapped. */
export function watchPhotos() {
  document.addEventListener("change", ({ target }) => {
    if (target.id === "photo") void sendAll([...target.files]);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "photos-form") return;
    event.preventDefault();
    void sendAll([...document.getElementById("photo").files]);
  });
  document.addEventListener("htmx:after:swap", prepare);
  prepare();
}

function prepare() {
  const form = document.getElementById("photos-form");
  if (!form) return;
  document.getElementById("photo").multiple = true;
  // What is chosen goes at once.
  form.querySelector("[data-plain]").hidden = true;
}

let line = Promise.resolve();

/** One after the other, also those chosen while others are on their way. */
function sendAll(files) {
  const waiting = files.map((file) => [file, announce(file)]);
  document.getElementById("photo").value = "";
  for (const [file, tile] of waiting) line = line.then(() => sendOne(file, tile));
  return line;
}

async function sendOne(file, tile) {
  const form = document.getElementById("photos-form");
  const input = document.getElementById("photo");
  if (!form) return give(tile, `${file.name}: there is room for no more photos.`);
  const most = Number(input.dataset.most);
  if (file.size > most) return give(tile, `${file.name} is larger than ${Math.round(most / 1024 ** 2)} MB.`);
  const answer = await post(form, file, (part) => (tile.querySelector("progress").value = part));
  if (answer.elsewhere) return location.assign(answer.elsewhere);
  if (answer.status === 413) return give(tile, `${file.name} is too large.`);
  if (answer.status === 429) return give(tile, "That was a lot of photos at once. Wait a moment, then go on.");
  const section = answer.status === 200 ? sectionOf(answer.text) : null;
  if (!section) return give(tile, FAILED);
  tile.remove();
  put(section);
  const error = section.querySelector("#photo-error")?.textContent;
  if (error) toast(`${file.name}: ${error}`, "error");
  else if (section.dataset.said) toast("Photo added");
}

/** Ends a photo that was not taken; all others stay. */
function give(tile, words) {
  tile.remove();
  toast(words, "error");
}

function put(section) {
  const present = document.getElementById("me-photos");
  const focused = present.contains(document.activeElement);
  // What is still on its way stays in sight.
  section.querySelector("[data-coming]").replaceWith(present.querySelector("[data-coming]"));
  present.replaceWith(section);
  window.htmx?.process(section);
  prepare();
  if (focused) (document.getElementById("photo") ?? section.querySelector("h2")).focus({ preventScroll: true });
}

function sectionOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true).querySelector("#me-photos");
}

function announce(file) {
  const tile = document.createElement("li");
  const preview = document.createElement("canvas");
  const name = document.createElement("span");
  const progress = document.createElement("progress");
  preview.width = preview.height = 96;
  preview.setAttribute("aria-hidden", "true");
  name.textContent = file.name;
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", `Sending ${file.name}`);
  tile.append(preview, name, progress);
  document.querySelector("[data-coming]").append(tile);
  void show(file, preview);
  return tile;
}

/** Draws the middle of a photo; one that this browser cannot read is sent without. */
async function show(file, canvas) {
  try {
    const bitmap = await createImageBitmap(file);
    const side = Math.min(bitmap.width, bitmap.height);
    const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
    canvas.getContext("2d").drawImage(bitmap, x, y, side, side, 0, 0, canvas.width, canvas.height);
    bitmap.close();
  } catch {
    canvas.hidden = true;
  }
}

// fetch() does not tell how much has gone out, and so htmx does not either.
function post(form, file, progressed) {
  return new Promise((resolve) => {
    const data = new FormData(form);
    data.set("photo", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.timeout = LIMIT;
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("HX-Request-Type", "partial");
    request.upload.addEventListener("progress", ({ loaded, total }) => progressed(total ? loaded / total : 0));
    request.addEventListener("loadend", () =>
      resolve({ status: request.status, text: request.responseText, elsewhere: request.getResponseHeader("HX-Redirect") }),
    );
    request.send(data);
  });
}
