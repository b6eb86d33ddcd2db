import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "workspace" };

export const routes = [] as const;
