// A short sound when a chat is assigned; off by a box in the waiting room, kept in this browser.

const KEY = 'fantooo-sound';

export function soundIsOn() {
  return localStorage.getItem(KEY) !== 'off';
}

export function setSound(on) {
  localStorage.setItem(KEY, on ? 'on' : 'off');
}

/** Plays two soft notes, if the browser lets this page sound. A silent machine is no error. */
export async function chime() {
  if (!soundIsOn() || !window.AudioContext) return;
  try {
    await play();
  } catch {
    // No device to sound on.
  }
}

async function play() {
  const audio = new AudioContext();
  try {
    // A new one is silent for a moment even where sound is allowed; elsewhere it stays so.
    await Promise.race([audio.resume(), pause(200)]);
    if (audio.state === 'running') await notes(audio);
  } finally {
    await audio.close();
  }
}

async function notes(audio) {
  for (const [pitch, at] of [[660, 0], [880, 0.12]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.08, audio.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.26);
  }
  await pause(400);
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
