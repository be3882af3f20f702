// A morph leaves alone what is inside an element that says by `data-is` that it is still what it was: most of a list, whenever
// one of its items is opened. Looking inside would not tell: htmx marks the links that it has dressed, new ones bear no mark.
// The page's configuration of htmx has `morphSkipChildren: [data-same]`.
// What an element shows may be another thing altogether (`data-of`: another list): then nothing is compared, the new takes its place.
interface Morphed {
  newNode: Element;
}

export const same = {
  htmx_before_morph_node(old: Element, { newNode }: Morphed): boolean {
    const is = newNode.getAttribute?.("data-is"), of = newNode.getAttribute?.("data-of");
    if (is && old.getAttribute("data-is") === is) newNode.setAttribute("data-same", "");
    if (of && of !== old.getAttribute("data-of")) {
      old.replaceChildren(...newNode.childNodes);
      newNode.setAttribute("data-same", "");
    }
    return true;
  },
};
