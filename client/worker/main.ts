import { attend, type Place } from "./notices.ts";

attend(globalThis as unknown as Place);
