import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "dashboard" };

export const routes = [] as const;
