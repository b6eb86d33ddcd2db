import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "workflows" };

export const routes = [] as const;
