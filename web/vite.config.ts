import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Libraries, and the app's own parts, that are on the way to the first word of a chat. */
const BASE = new RegExp(
  [
    "rolldown/runtime",
    "/node_modules/(react|react-dom|react-router|scheduler|@tanstack)/(?!.*(nfiniteQuery|useMutation|mutationObserver))",
    "/lucide-react/.*/(arrow-(down|left)|check|circle-exclamation-point|circle-stop|cloud-off)\\.",
    "/src/app/(paths|locale|SettingsMenu)\\.",
    "/src/api/(client|problem|read|session|tabs)\\.",
    "/src/features/(animals/(Portrait|useAnimals)|auth/useSession|viewer/shareLinks)\\.",
    "/src/shared/lib/(cn|markdown|useMediaQuery|useOnline|usePageTitle)\\.",
    "/src/shared/ui/(Button|IconButton|Notice|PageLoading|RichText|Wordmark)\\.",
    "/src/paraglide/(runtime|messages/(animals_error_|app_home|app_try|chat_(animal_|conv|history_|new|stopped|you_)))",
  ].join("|"),
);

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2022",
    // The manifest tells tools/bundle.mjs which chunks a page loads first.
    manifest: true,
    // The page's policy allows no data: URLs for fonts and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One chunk for what every page needs: in one piece it packs better than in eight.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "base", test: BASE, priority: 1 }] } },
    },
  },
  server: {
    // Without the prefix: `make watch` knows the routes themselves only, `make run` knows both.
    proxy: {
      "/api": {
        target: "http://127.0.0.1:9000",
        changeOrigin: false,
        rewrite: (path) => path.replace(/^\/api/, ""),
      },
    },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
