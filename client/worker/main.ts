import { attend, type Place } from "./notification-clicks.ts";

attend(globalThis as unknown as Place);
