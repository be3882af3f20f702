// A choice that was saved holds on the open page at once: the root takes what it says, or loses it where it says nothing.
// `<i hidden data-behaviour="root-choice" data-name="keys" data-value="off">`
export function rootChoice(element: HTMLElement): void {
  const { name, value } = element.dataset;
  const root = element.ownerDocument.documentElement.dataset;
  if (value) root[name!] = value;
  else delete root[name!];
}
