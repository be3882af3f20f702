// A morph leaves alone what is inside an element that says by `data-is` that it is still what it was: most of a list, whenever
// one of its items is opened. Looking inside would not tell: htmx marks the links that it has dressed, new ones bear no mark.
// The page's configuration of htmx has `morphSkipChildren: [data-same]`. What the server leaves out because this page has it
// comes empty, with `data-had`, and says by `data-rows` what it means; should something else be here now, it stays and hears `other`.
interface Morphed {
  newNode: Element;
}

export const same = {
  htmx_before_morph_node(old: Element, { newNode }: Morphed): boolean {
    const is = newNode.getAttribute?.("data-is");
    const had = newNode.hasAttribute?.("data-had");
    if (had || (is && old.getAttribute("data-is") === is)) newNode.setAttribute("data-same", "");
    if (had && newNode.getAttribute("data-rows") !== old.getAttribute("data-rows")) {
      newNode.removeAttribute("data-rows");
      old.dispatchEvent(new CustomEvent("other", { bubbles: true }));
    }
    return true;
  },
};
