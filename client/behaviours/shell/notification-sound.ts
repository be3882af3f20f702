// A short sound of two notes, made here: nothing is fetched. `<button data-behaviour="notification-sound" hidden>` plays it, to be known.
const NOTES = [880, 1318.5], APART = 0.13, LASTS = 0.5, LOUD = 0.12;

export function notificationSound(element: HTMLElement, signal: AbortSignal): void {
  element.hidden = typeof AudioContext === "undefined";
  element.addEventListener("click", play, { signal });
}

// A browser that lets no page be heard unasked stays silent.
export function play(): void {
  if (typeof AudioContext === "undefined") return;
  const sound = new AudioContext();
  for (const [index, note] of NOTES.entries()) {
    const begins = sound.currentTime + index * APART;
    const tone = sound.createOscillator(), loud = sound.createGain();
    tone.frequency.value = note;
    loud.gain.setValueAtTime(LOUD, begins);
    loud.gain.exponentialRampToValueAtTime(0.001, begins + LASTS);
    tone.connect(loud).connect(sound.destination);
    tone.start(begins);
    tone.stop(begins + LASTS);
    if (index === NOTES.length - 1) tone.onended = () => void sound.close();
  }
}
