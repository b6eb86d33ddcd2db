import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where the back end answers while developing; the host is passed on, because it names the tenant.
const backend = process.env.WASL_BACKEND ?? "http://localhost:8000";
const backendPaths = ["/api", "/_allauth", "/admin", "/static", "/brand", "/approvals", "/hooks"];

export default defineConfig(({ command }) => ({
  // Django serves the build from its static files; the dev server stands at the root.
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { outDir: "dist", manifest: true, target: "es2023", chunkSizeWarningLimit: 900 },
  server: {
    host: "127.0.0.1",
    allowedHosts: [".localhost"],
    proxy: {
      ...Object.fromEntries(backendPaths.map((path) => [path, { target: backend, changeOrigin: false }])),
      "/ws": { target: backend, changeOrigin: false, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
}));
