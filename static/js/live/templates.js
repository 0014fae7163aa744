// Prepared texts: put in at the cursor with their variables filled, marked when used here before.

const HOUR = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', hour12: false, timeZone: 'Africa/Nairobi' });

export function watchTemplates(composer, log) {
  const buttons = [...document.querySelectorAll('[data-template]')];
  // Asked each time: the person may change it meanwhile.
  const name = () => document.querySelector('[data-user-name]')?.dataset.userName ?? '';
  for (const button of buttons) {
    button.addEventListener('click', () => composer.insert(filled(button.dataset.template, name())));
  }
  mark(buttons, log, name());
  return {
    /** Puts in the template at this place (from 0), if there is one. */
    use: (index) => buttons[index]?.click(),
    mark: () => mark(buttons, log, name()),
  };
}

function mark(buttons, log, name) {
  const said = [...log.list.querySelectorAll(':scope > .own .bubble-text')].map((p) => p.textContent);
  for (const button of buttons) {
    // What is not on the page any more the server has marked. Everything up to the first variable is enough to recognise it.
    const [start] = button.dataset.template.replaceAll('{name}', name).split('{');
    const had = start.trim().length > 8 && said.some((text) => text.includes(start.trim()));
    button.querySelector('[data-had]').hidden = !had && !('said' in button.dataset);
  }
}

function filled(text, name) {
  const hour = Number(HOUR.format(new Date()));
  const time = hour < 5 || hour >= 21 ? 'night' : hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
  return text.replaceAll('{name}', name).replaceAll('{time_of_day}', time);
}
