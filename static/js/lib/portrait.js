// The picture of a card and the first one of its profile are one picture when one page leads to the
// other: the profile's carries the name in the style sheet, the card's for the moment of going.
export function startPortrait() {
  addEventListener("pageswap", ({ viewTransition, activation }) => {
    lend(activation?.entry?.url, viewTransition);
  });
  addEventListener("pagereveal", ({ viewTransition }) => {
    lend(globalThis.navigation?.activation?.from?.url, viewTransition);
  });
}

function lend(address, transition) {
  // A transition that cannot be shown is skipped; the page is there all the same.
  transition?.ready.catch(() => {});
  transition?.finished.catch(() => {});
  if (!address || !transition) return;
  const { pathname } = new URL(address);
  const picture = document.querySelector(`.char-card a[href="${CSS.escape(pathname)}"] img`);
  const box = picture?.getBoundingClientRect();
  if (!box || box.bottom < 0 || box.top > innerHeight) return;
  picture.style.viewTransitionName = "portrait";
  const takeBack = () => { picture.style.viewTransitionName = ""; };
  transition.finished.then(takeBack, takeBack);
}
