import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Tests that take their time: writers killed at random moments, hostile queries that run into their limits, and the
// language once more in PostgreSQL.
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.slow.test.ts', 'test/adql/{clients,functions,queries,fuzz}.test.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'America/Santiago', WAYMARK_SLOW_TESTS: '1' },
  },
})
