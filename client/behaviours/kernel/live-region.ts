// Says a text to those who do not see it, in a live region that is there from the beginning and empty: once what was swapped has come
// to rest, as screen readers drop what is said in the middle of it (Orca: within 0.1 s of other changes), and gone after a while, so
// that who reads on does not find it, and the same words are said again.
const REST = 400;
const WHILE = 10_000;

export function aloud(element: HTMLElement, signal: AbortSignal): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (text) => {
    clearTimeout(timer);
    element.textContent = ""; // the same words in place of themselves are no change
    timer = setTimeout(() => {
      element.textContent = text;
      timer = setTimeout(() => (element.textContent = ""), WHILE);
    }, REST);
  };
}
