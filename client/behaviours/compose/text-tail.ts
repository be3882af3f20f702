// What follows one's own words in a plain letter, the signature and what is quoted, is not shown before it is asked for; it goes with
// the form in whatever way that is sent. `<textarea data-behaviour="text-tail" data-own="2">`: how many lines are one's own; after it a
// hidden `.composer-tail` (`tail-preview`) with a `span`. Without a script the whole text is there.
import { drawPlain, tailPreview } from "./tail-preview.ts";

export function textTail(element: HTMLElement, signal: AbortSignal): void {
  const area = element as HTMLTextAreaElement;
  const line = area.parentElement?.querySelector<HTMLElement>(".composer-tail");
  const lines = area.value.split("\n");
  const own = Number(area.dataset["own"]);
  const end = lines.slice(own);
  let tail = end.some((one) => one.trim()) ? `\n${end.join("\n")}` : "";
  if (!tail || !line) return;

  function follow(): void {
    area.value += tail;
    tail = "";
    area.focus();
  }

  area.value = lines.slice(0, own).join("\n");
  area.setSelectionRange(0, 0);
  line.hidden = false;
  line.querySelector("span")!.textContent = area.dataset["signed"] ?? "";
  tailPreview(line, () => drawPlain(area.ownerDocument, tail), follow, signal);
  area.form?.addEventListener("formdata", (event) => event.formData.set(area.name, area.value + tail), { signal });
}
