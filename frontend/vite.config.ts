import { defineConfig } from "vite";

// A hub answers everything under /api on this port while the page is developed: `npm run dev`.
const hub = "http://127.0.0.1:8420";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../hub/web/static",
    emptyOutDir: true,
    assetsDir: "ui",
    target: "es2022",
    // What the content security policy forbids is not made: no inline script, no data: font, no polyfill.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": { target: hub, ws: true, changeOrigin: true, headers: { Origin: hub } },
      "/healthz": { target: hub, changeOrigin: true },
      "/metrics": { target: hub, changeOrigin: true },
    },
  },
});
