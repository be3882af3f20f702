// Where one writes, over a sheet that is drawn anew under one's hands: in which line of the text, after how many of its signs.
export interface Caret {
  readonly line: number;
  readonly signs: number;
}

const kept = new Map<string, Caret>(); // by letter, as long as the page is open

export function keep(letter: string, root: HTMLElement, range: Range): void {
  if (!root.contains(range.startContainer)) return;
  const lines = [...root.children];
  const line = range.startContainer === root ? range.startOffset : lines.findIndex((one) => one.contains(range.startContainer));
  const before = range.cloneRange();
  before.setStart(lines[line] ?? root, 0);
  kept.set(letter, { line, signs: range.startContainer === root ? 0 : before.toString().length });
}

/** The same place in the text as it is now; null when nobody was writing there. */
export function found(letter: string, root: HTMLElement): Range | null {
  const caret = kept.get(letter);
  const line = caret && (root.children[caret.line] ?? root.lastElementChild);
  if (!line) return null;
  const range = root.ownerDocument.createRange();
  range.setStart(line, 0);
  const walker = root.ownerDocument.createTreeWalker(line, 4);
  let left = caret.signs;
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    range.setStart(node, Math.min(left, node.data.length));
    if (left <= node.data.length) break;
    left -= node.data.length;
  }
  range.collapse(true);
  return range;
}
