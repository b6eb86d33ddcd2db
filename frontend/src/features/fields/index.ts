import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "fields" };

export const routes = [] as const;
