// Older messages: fetched when their link comes near, or when it is pressed.

import { ask } from './http.js';

/** Watches `#older` at the top of `log.list` within the scroller `box`. */
export function watchHistory(log, box) {
  let busy = false;
  const load = async (item) => {
    if (busy) return;
    busy = true;
    item.setAttribute('aria-busy', 'true');
    const answer = await ask('GET', item.querySelector('a').href);
    if (answer.ok) {
      const focused = item.contains(document.activeElement);
      const template = document.createElement('template');
      template.innerHTML = answer.text;
      item.replaceWith(template.content);
      log.days();
      // The link is gone; the arrow keys go on from where it was.
      if (focused) box.focus({ preventScroll: true });
      watch();
    } else {
      // The link stays and can be pressed again.
      item.removeAttribute('aria-busy');
    }
    busy = false;
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) load(target);
    },
    { root: box, rootMargin: '300px 0px' },
  );
  const watch = () => {
    observer.disconnect();
    const item = document.getElementById('older');
    if (item) observer.observe(item);
  };
  log.list.addEventListener('click', (event) => {
    const link = event.target.closest('#older a');
    if (!link) return;
    event.preventDefault();
    load(link.closest('#older'));
  });
  watch();
}
