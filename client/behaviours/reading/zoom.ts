// Larger, smaller, whole, turned: tools for what `data-for` names. It gets `--zoom` and `--turn`, and a `zoom` event.
// `<div data-behaviour="zoom" data-for="#sheet" hidden>` with buttons `data-tool="larger|smaller|fit|turn"`
const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const WHOLE = STEPS.indexOf(1);

export function zoom(element: HTMLElement, signal: AbortSignal): void {
  const sheet = element.ownerDocument.querySelector<HTMLElement>(element.dataset["for"] ?? "");
  if (!sheet) return;
  const { CustomEvent } = element.ownerDocument.defaultView!;
  let step = WHOLE;
  let turn = 0;

  // What stood in the middle of the screen stays there.
  function show(): void {
    const box = sheet!.parentElement!;
    const across = (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth;
    const down = (box.scrollTop + box.clientHeight / 2) / box.scrollHeight;
    sheet!.style.setProperty("--zoom", String(STEPS[step]));
    sheet!.style.setProperty("--turn", `${turn}deg`);
    sheet!.classList.toggle("sideways", turn % 180 !== 0);
    box.scrollLeft = across * box.scrollWidth - box.clientWidth / 2;
    box.scrollTop = down * box.scrollHeight - box.clientHeight / 2;
    sheet!.dispatchEvent(new CustomEvent("zoom"));
  }

  const tools: Record<string, () => void> = {
    larger: () => (step = Math.min(STEPS.length - 1, step + 1)),
    smaller: () => (step = Math.max(0, step - 1)),
    fit: () => (step = WHOLE),
    turn: () => (turn = (turn + 90) % 360),
  };
  element.hidden = false;
  for (const button of element.querySelectorAll<HTMLElement>("[data-tool]")) {
    button.addEventListener("click", () => {
      tools[button.dataset["tool"] ?? ""]?.();
      show();
    }, { signal });
  }
}
