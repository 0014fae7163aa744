// A `<details data-menu>` is a menu to the keyboard: arrows, Home, End, a first letter; Escape and
// Tab close it, and so does a press beside it.
export function startMenus() {
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu]");
    if (menu) press(menu, event);
  });
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(target) || target.closest("[role=menuitem]")) menu.open = false;
    }
  });
  // `toggle` does not bubble. Opened by key or finger, the first one has the focus.
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches?.("[data-menu][open]") && target.contains(document.activeElement)) items(target)[0]?.focus();
  }, { capture: true });
}

function press(menu, event) {
  const { key } = event;
  const opener = menu.querySelector("summary");
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  if (key === "Escape" && menu.open) {
    menu.open = false;
    opener.focus();
  } else if (key === "Tab" && menu.open) {
    menu.open = false;
    // From the button, so that Tab goes on to what follows the menu.
    if (at >= 0) opener.focus();
    return;
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    const step = key === "ArrowDown" ? 1 : -1;
    if (!menu.open) menu.open = true;
    else all[(Math.max(at, step < 0 ? 0 : -1) + step + all.length) % all.length].focus();
  } else if (key === "Home" || key === "End") {
    all.at(key === "Home" ? 0 : -1).focus();
  } else if (at >= 0 && key.length === 1 && key !== " ") {
    const later = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    later.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
  } else return;
  event.preventDefault();
}

function items(menu) {
  return [...menu.querySelectorAll("[role=menuitem]")];
}
