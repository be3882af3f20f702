// A form that sends itself once it has been in sight for so many seconds: on a page that somebody looks at, not one that lies
// behind another window. Gone before, it sends nothing. `<form data-behaviour="visible-submit" data-seconds="5">`
export function visibleSubmit(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    if (page.visibilityState !== "hidden") timer = setTimeout(send, Number(element.dataset["seconds"]) * 1000);
  }

  function send(): void {
    page.removeEventListener("visibilitychange", look);
    (element as HTMLFormElement).requestSubmit();
  }

  page.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
}
