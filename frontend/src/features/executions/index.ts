import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "executions" };

export const routes = [] as const;
