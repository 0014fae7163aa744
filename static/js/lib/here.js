// The rows of places of those who work here may be wider than a phone: where one is stands in sight.
export function startHere() {
  for (const here of document.querySelectorAll(".tool :is(.top-nav, .money-nav) > [aria-current]")) {
    const row = here.parentElement;
    const [place, frame] = [here, row].map((each) => each.getBoundingClientRect());
    row.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
  }
}
