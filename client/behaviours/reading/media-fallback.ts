// A film or a sound that the browser cannot play says so: what stands ready beside it is shown, in its place where nothing of it
// plays, under it where a film has its sound alone. `<div data-behaviour="media-fallback">`, a `video` or `audio`, `[data-unplayed]` hidden
export function mediaFallback(element: HTMLElement, signal: AbortSignal): void {
  const medium = element.querySelector<HTMLVideoElement>("video, audio")!;
  const said = element.querySelector<HTMLElement>("[data-unplayed]")!;

  function judge(): void {
    const nothing = [3, 4].includes(medium.error?.code ?? 0); // not what the network took away
    medium.hidden = nothing;
    said.hidden = !nothing && !(medium.matches("video") && medium.readyState > 0 && !medium.videoWidth);
  }

  for (const event of ["error", "loadedmetadata"]) medium.addEventListener(event, judge, { signal });
  judge(); // it may have failed before the script was there
}
