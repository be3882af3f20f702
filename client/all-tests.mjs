// All tests in one process: `node --test` starts one for each file, which costs twenty times what the tests do.
// Each file is a suite: its hooks are its own, and what it put into the global object goes with it.
import { globSync } from "node:fs";
import { after, before, describe, mock } from "node:test";

const files = globSync("**/*.test.ts", { cwd: import.meta.dirname, exclude: (name) => name === "node_modules" }).sort();
for (const file of files) {
  await describe(file, async () => {
    let globals;
    before(() => (globals = Object.getOwnPropertyDescriptors(globalThis)));
    after(() => {
      mock.reset();
      mock.timers.reset();
      for (const name of Reflect.ownKeys(globalThis)) {
        if (Object.hasOwn(globals, name)) Object.defineProperty(globalThis, name, globals[name]);
        else Reflect.deleteProperty(globalThis, name);
      }
    });
    await import(`./${file}`);
  });
}
