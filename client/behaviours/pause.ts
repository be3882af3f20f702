// A form that says `pause` when one stops typing for a while. `<form data-behaviour="pause" data-pause="1500">`
export function pause(element: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => element.dispatchEvent(new CustomEvent("pause")), Number(element.dataset["pause"] ?? "1500"));
  }

  element.addEventListener("input", (event) => {
    if ((event.target as HTMLInputElement).type !== "file") wait();
  }, { signal });
  element.addEventListener("submit", () => clearTimeout(timer), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
