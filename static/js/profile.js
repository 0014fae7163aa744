// The pictures of a profile: steps beside the swipe, and each picture in full.

// Who logged in on the way from here into the chat finds that page's entry leading here again: going
// back over it goes on, so that one press shows a profile once.
const [came] = performance.getEntriesByType("navigation");
if (came?.type === "back_forward" && came.redirectCount) history.back();

const gallery = document.querySelector(".gallery");
const links = [...gallery.querySelectorAll("a")];
const lightbox = document.getElementById("lightbox");
const whole = lightbox.querySelector("img");
let at = 0;
let full = 0;

const shown = new IntersectionObserver(
  (entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (seen) tell(document.querySelector(".portraits"), (at = links.indexOf(seen.target)));
  },
  { root: gallery, threshold: 0.6 },
);
links.forEach((link, index) => {
  shown.observe(link);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(index);
    lightbox.showModal();
    // An entry of its own, as Back closes what lies over a page. Marked as htmx's, which overwrites others'.
    history.pushState({ htmx: true, picture: index }, "");
  });
});
// Also forward to it, and a reload of it.
const follow = () => {
  const picture = history.state?.picture;
  if (picture === undefined) lightbox.close();
  else if (!lightbox.open) {
    show(picture);
    lightbox.showModal();
  }
};
addEventListener("popstate", follow);
if (history.state?.picture !== undefined) follow();
// The page stays, and the focus where it is: htmx would fetch it anew, and its way of going back would
// leave the focus nowhere.
document.addEventListener("htmx:before:history:restore", (event) => event.preventDefault());
window.navigation?.addEventListener("navigate", (event) => {
  if (event.navigationType === "traverse" && event.canIntercept && !event.hashChange) event.intercept({ focusReset: "manual" });
});

document.addEventListener("click", (event) => {
  const step = Number(event.target.closest?.("[data-step]")?.dataset.step ?? 0);
  if (!step) {
    if (event.target === lightbox) lightbox.close();
    return;
  }
  if (lightbox.open) show(full + step);
  else reveal(at + step);
});
// Beside the row's own scrolling: who has pressed a step goes on with the arrows.
document.querySelector(".portraits").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step && !gallery.contains(event.target) && !lightbox.contains(event.target)) reveal(at + step);
});
let touched = null;
lightbox.addEventListener("pointerdown", (event) => (touched = event.isPrimary ? event.clientX : null));
lightbox.addEventListener("pointerup", (event) => {
  const moved = touched === null ? 0 : event.clientX - touched;
  touched = null;
  if (Math.abs(moved) > 48) show(full + (moved < 0 ? 1 : -1));
});
lightbox.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") show(full + 1);
  if (event.key === "ArrowLeft") show(full - 1);
});
lightbox.addEventListener("close", () => {
  // Closed otherwise than by Back, it takes its entry along.
  if (history.state?.picture !== undefined) history.back();
  reveal(full);
  links[full].focus({ preventScroll: true });
});

function reveal(index) {
  const link = links[wrapped(index)];
  // Only the row moves, never the page.
  gallery.scrollTo({ left: link.offsetLeft - (gallery.clientWidth - link.clientWidth) / 2, behavior: "smooth" });
}

function show(index) {
  full = wrapped(index);
  const picture = links[full].querySelector("picture");
  for (const part of ["source", "img"]) {
    lightbox.querySelector(part).srcset = picture.querySelector(part).srcset;
  }
  whole.src = links[full].href;
  whole.alt = picture.querySelector("img").alt;
  tell(lightbox, full);
}

function tell(place, index) {
  const words = place.querySelector("[data-at]");
  if (words) words.textContent = `${index + 1} / ${links.length}`;
}

function wrapped(index) {
  return (index + links.length) % links.length;
}
