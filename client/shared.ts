// Behaviours of an answer to what several people share (behaviours/kernel/lazy-behaviour.ts).
export { writingSignal } from "./behaviours/compose/writing-signal.ts";
