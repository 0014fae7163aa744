// How many chats hold something unread stands in the window's title, as in the navigation. A chat
// itself counts what comes while nobody looks (live/title.js).
const COUNTED = /^\(\d+\) /;

export function startUnread() {
  const badge = () => document.getElementById("unread");
  if (!badge() || document.body.dataset.live) return;
  document.addEventListener("htmx:after:swap", () => {
    const [count] = badge()?.textContent.match(/\d+/) ?? [];
    const plain = document.title.replace(COUNTED, "");
    document.title = count ? `(${count}) ${plain}` : plain;
  });
}
