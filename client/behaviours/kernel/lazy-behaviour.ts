// A behaviour that few pages need: it comes in a file of its own, once an element wears its name. The file is named around it:
// `<div data-behaviours="overlays.js">`. Without it the element stays as the page brought it.
import type { Behaviour } from "./registry.ts";

type Load = (address: string) => Promise<unknown>;
const fetched: Load = (address) => import(address);

export function lazyBehaviour(name: string, load: Load = fetched): Behaviour {
  return async (element, signal) => {
    const address = element.closest<HTMLElement>("[data-behaviours]")?.dataset["behaviours"];
    const library = address ? await load(address).catch(() => null) : null;
    if (!signal.aborted) (library as Record<string, Behaviour> | null)?.[name]?.(element, signal);
  };
}
