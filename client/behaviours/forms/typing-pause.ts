// A form that says `pause` when one stops typing for a while, or at once when it hears `hurry` before that. `<form data-behaviour="typing-pause" data-pause="1500">`
export function typingPause(element: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => (clearTimeout(timer), (timer = undefined));
  const say = (): void => (stop(), void element.dispatchEvent(new CustomEvent("pause")));

  function wait(): void {
    stop();
    timer = setTimeout(say, Number(element.dataset["pause"] ?? "1500"));
  }

  element.addEventListener("input", (event) => {
    if ((event.target as HTMLInputElement).type !== "file") wait();
  }, { signal });
  element.addEventListener("hurry", () => timer && say(), { signal });
  element.addEventListener("submit", stop, { signal });
  signal.addEventListener("abort", stop);
}
