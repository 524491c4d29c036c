import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Real clients of the field against one running server. What is not installed is skipped with a printed reason,
// unless WAYMARK_CLIENTS=required, as .ci/run sets it.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/clients/**/*.test.ts'],
    globalSetup: 'test/clients/server.ts',
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
