// Behaviours of what is opened over the mail (behaviours/kernel/lazy-behaviour.ts).
export { mediaFallback } from "./behaviours/reading/media-fallback.ts";
export { pdfPages } from "./behaviours/reading/pdf-pages.ts";
export { zoom } from "./behaviours/reading/zoom.ts";
