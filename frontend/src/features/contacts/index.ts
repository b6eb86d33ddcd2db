import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "contacts" };

export const routes = [] as const;
