// The desk's panels as tabs where there is no room for all of them.

/** Returns a function that shows a panel: `user`, `talk` or `character`. */
export function watchPanels(desk) {
  const buttons = [...desk.querySelectorAll('[data-panel-button]')];
  const show = (name) => {
    desk.dataset.panel = name;
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.dataset.panelButton === name));
    }
  };
  for (const button of buttons) button.addEventListener('click', () => show(button.dataset.panelButton));
  return show;
}
