// What the browser gets: a stylesheet for each kind of page, two scripts, two sprites, two fonts and the logo, into build/assets/. Names get
// their content's hash afterwards, in `collectstatic` (web/storage.py), which also rewrites the addresses between them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "..", "build", "assets");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "fonts"), { recursive: true });

await build({
  entryPoints: { app: join(here, "main.ts"), editor: join(here, "editor", "editor.ts"), notices: join(here, "worker", "main.ts"), overlays: join(here, "overlays.ts"), shared: join(here, "shared.ts"), writing: join(here, "writing.ts"), pages: join(here, "pages.ts") }, // the others: on few pages, two when one writes, when notices are wanted, when a file is opened, when one answers what several share
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  legalComments: "none",
  target: ["chrome109", "firefox115", "safari16"],
});
await build({
  entryPoints: { app: join(here, "styles", "app.css"), rooms: join(here, "styles", "rooms.css"), webmail: join(here, "styles", "webmail.css"), writing: join(here, "styles", "writing.css"), shared: join(here, "styles", "shared.css"), overlays: join(here, "styles", "overlays.css"), circulars: join(here, "styles", "circulars.css"),
    contacts: join(here, "styles", "contacts.css"), settings: join(here, "styles", "settings.css"), reading: join(here, "styles", "reading-comfort.css") },
  outdir: out,
  bundle: true,
  minify: true,
  external: ["/fonts/*"],
  target: ["chrome109", "firefox115", "safari16"],
});
for (const sheet of ["app.css", "reading.css"]) relativeFonts(join(out, sheet));

for (const style of ["normal", "italic"]) {
  const name = `atkinson-hyperlegible-next-latin-wght-${style}.woff2`;
  cpSync(join(modules, "@fontsource-variable/atkinson-hyperlegible-next/files", name), join(out, "fonts", name));
}
for (const name of ["400-normal", "400-italic", "700-normal"]) {
  const file = `opendyslexic-latin-${name}.woff2`;
  cpSync(join(modules, "@fontsource/opendyslexic/files", file), join(out, "fonts", file));
}
cpSync(join(here, "logo.svg"), join(out, "logo.svg"));
cpSync(join(here, "icons"), join(out, "icons"), { recursive: true });
for (const [name, shapes] of Object.entries(JSON.parse(readFileSync(join(here, "icons.json"), "utf8")))) writeFileSync(join(out, `${name}.svg`), sprite(shapes));
pdfReader();

// Fetched when a PDF is opened, never before. It decodes two rare kinds of pictures in files of their own; the content
// policy grants no WebAssembly, so these are their plain twins.
function pdfReader() {
  const from = join(modules, "pdfjs-dist");
  mkdirSync(join(out, "pdf"));
  cpSync(join(from, "legacy", "build", "pdf.min.mjs"), join(out, "pdf", "pdf.js"));
  cpSync(join(from, "legacy", "build", "pdf.worker.min.mjs"), join(out, "pdf", "worker.js"));
  for (const name of ["openjpeg", "jbig2"]) {
    const file = `${name}_nowasm_fallback.js`;
    cpSync(join(from, "wasm", file), join(out, "pdf", file));
  }
}

// esbuild leaves the fonts' addresses alone; relative ones are what collectstatic rewrites under any prefix.
function relativeFonts(path) {
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("/fonts/", "fonts/"));
}

// `sprite` is what a first visit to the mail may draw, `rare` all others.
function sprite(names) {
  const shapes = readFileSync(join(here, "shapes.svg"), "utf8");
  const own = Object.fromEntries([...shapes.matchAll(/<symbol id="(\w+)"[\s\S]*?<\/symbol>/g)].map(([symbol, id]) => [id, symbol]));
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map((name) => own[name] ?? symbolOf(name)).join("")}</svg>\n`;
}

// Lucide draws every icon on a grid of 24; its own colours and widths are left to the stylesheet.
function symbolOf(name) {
  const file = readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
  const drawing = file.slice(file.indexOf(">", file.indexOf("<svg")) + 1, file.indexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
}
