// What only a pointer or a key can do to a piece, drawn on the page: every rule with such a state holds for a class too.
const STATES = [[":hover", ".is-hover"], [":focus-visible", ".is-focus"], [":active", ".is-active"]];

for (const sheet of document.styleSheets) copyStates(sheet);

function copyStates(group) {
  for (let at = group.cssRules.length - 1; at >= 0; at -= 1) {
    const rule = group.cssRules[at];
    if (!(rule instanceof CSSStyleRule)) {
      if (rule.cssRules) copyStates(rule);
      continue;
    }
    const drawn = STATES.reduce((selector, [state, name]) => selector.replaceAll(state, name), rule.selectorText);
    // Right behind the original, so that it yields to the same rules.
    if (drawn !== rule.selectorText) group.insertRule(`${drawn} { ${rule.style.cssText} }`, at + 1);
  }
}
