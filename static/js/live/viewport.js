// Keeps the composer above the keyboard where the browser lays the keyboard over the page.

export function followKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const root = document.documentElement;
  const fit = () => {
    const covered = window.innerHeight - view.height;
    // Zooming in shrinks the view too; then the layout stays as it is.
    if (view.scale > 1.05 || covered < 80) {
      root.style.removeProperty('--view-height');
      root.style.removeProperty('--view-top');
    } else {
      root.style.setProperty('--view-height', `${view.height}px`);
      // Some browsers also push the page up behind the keyboard.
      root.style.setProperty('--view-top', `${view.offsetTop}px`);
    }
  };
  view.addEventListener('resize', fit);
  view.addEventListener('scroll', fit);
  fit();
}
