// Puts the `<hx-partial>` elements of an envelope into the page. The server escaped their content.
// Our own and not htmx.swap(): order matters here, and a bubble that is already there is replaced.

/** Applies all partials in order; one whose target is not on this page is left out. */
export function apply(content) {
  if (!content) return;
  const template = document.createElement('template');
  template.innerHTML = content;
  for (const partial of template.content.querySelectorAll('hx-partial')) {
    const target = document.querySelector(partial.getAttribute('hx-target'));
    const nodes = [...document.importNode(partial, true).children];
    if (!target || !nodes.length) continue;
    place(target, nodes, partial.getAttribute('hx-swap'));
  }
}

function place(target, nodes, swap) {
  if (swap === 'outerHTML') {
    target.replaceWith(...nodes);
  } else {
    for (const node of nodes) {
      const present = node.id && document.getElementById(node.id);
      if (present) present.replaceWith(node);
      else target.append(node);
    }
  }
  for (const node of nodes) window.htmx?.process(node);
}
