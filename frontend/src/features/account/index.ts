import type { Feature } from "@/lib/routing";

export const feature: Feature = { name: "account" };

export const routes = [] as const;
