// A link to a sound is played in place. `<a data-behaviour="audio-link" data-failed="…" href="…wav">`; what cannot be played is
// said in the nearest `[data-said="listen"]`. Without the script the browser opens its own player in another tab.
export function audioLink(element: HTMLElement, signal: AbortSignal): void {
  const { Audio } = element.ownerDocument.defaultView!;
  let sound: HTMLAudioElement | null = null;

  function said(text: string): void {
    const place = element.closest(".field")?.querySelector<HTMLElement>('[data-said="listen"]');
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  function failed(): void {
    said(element.dataset["failed"] ?? "");
    sound = null;
  }

  function play(event: Event): void {
    event.preventDefault();
    said("");
    sound ??= new Audio(element.getAttribute("href") ?? "");
    sound.currentTime = 0;
    sound.play().catch(failed);
  }

  element.addEventListener("click", play, { signal });
  signal.addEventListener("abort", () => sound?.pause());
}
