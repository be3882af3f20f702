// The place of this page is no longer open to whoever looks: each letter that is being written there is saved at once, which the server
// refuses, with the way to keep its text. `<i data-behaviour="saved-at-once">`
export function saveAtOnce(element: HTMLElement): void {
  const { body, defaultView } = element.ownerDocument;
  body.dispatchEvent(new defaultView!.CustomEvent("back"));
}
