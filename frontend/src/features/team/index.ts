import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "team" };

export const routes = [] as const;
