// A text that begins with what it quotes is gone on with under it. `<textarea data-behaviour="cursor-below-quotation">`
export function cursorBelowQuotation(element: HTMLElement): void {
  const area = element as HTMLTextAreaElement;
  const lines = area.value.split("\n");
  if (!lines[1]?.startsWith(">")) return;
  const quoted = lines.findLastIndex((line) => line.startsWith(">"));
  const place = lines.slice(0, quoted + 2).join("\n").length + 1; // after an empty line
  area.setSelectionRange(place, place);
  area.scrollTop = area.scrollHeight;
}
