import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    environment: "jsdom",
    include: ["{apps,packages}/*/src/**/*.test.{ts,tsx}"],
    setupFiles: ["./packages/shared/src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
