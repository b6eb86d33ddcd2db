import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "replies" };

export const routes = [] as const;
