// Waiting times that run on between two answers of the server: `[data-waited]` counts up from its
// seconds, `[data-left]` counts down, and when it is over, how late it is: the words before it say so.
// The level colours them: ok, soon, late.

const started = new WeakMap();

export function runClocks() {
  const tick = () => {
    const now = performance.now();
    for (const clock of document.querySelectorAll('[data-waited], [data-left]')) {
      if (!started.has(clock)) started.set(clock, now);
      const passed = (now - started.get(clock)) / 1000;
      const down = 'left' in clock.dataset;
      const seconds = down ? Number(clock.dataset.left) - passed : Number(clock.dataset.waited) + passed;
      show(clock, seconds);
      clock.dataset.level = level(seconds, down);
    }
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    // The clocks of a refreshed list are the old elements with the server's new seconds.
    for (const clock of detail.ctx.target?.querySelectorAll('[data-waited], [data-left]') ?? []) started.delete(clock);
    tick();
  });
}

/** Starts a clock anew. */
export function restart(clock, name, seconds) {
  delete clock.dataset.waited;
  delete clock.dataset.left;
  clock.dataset[name] = seconds;
  started.delete(clock);
  show(clock, Number(seconds));
}

function show(clock, seconds) {
  clock.textContent = minutes(Math.abs(seconds));
  const words = clock.previousElementSibling?.dataset;
  if (words?.late) clock.previousElementSibling.textContent = seconds < 0 ? words.late : words.inTime;
}

function level(seconds, down) {
  const left = down ? seconds : 180 - seconds;
  if (left <= 60) return 'late';
  return left <= 120 ? 'soon' : 'ok';
}

function minutes(seconds) {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const rest = String(whole % 60).padStart(2, '0');
  const middle = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${String(middle).padStart(2, '0')}:${rest}` : `${middle}:${rest}`;
}
