import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "channels" };

export const routes = [] as const;
