// Loads the page anew when what it watches is not what it shows: a phone's answer, a phone that rings.
const { watch, seen } = document.body.dataset;

async function look() {
  const answer = await fetch(watch).catch(() => null);
  if (answer?.ok && (await answer.text()) !== seen) location.reload();
  else setTimeout(look, 500);
}

if (watch) look();
