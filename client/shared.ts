// Behaviours of a letter that is written in a shared mailbox (behaviours/kernel/lazy-behaviour.ts).
export { writingSignal } from "./behaviours/compose/writing-signal.ts";
