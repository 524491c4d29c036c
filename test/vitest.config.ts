import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The unit tests: no network, no installed clients, well under a minute on two cores.
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**', 'test/scale/**'],
    pool: 'forks',
    testTimeout: 20_000,
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'America/Santiago' },
  },
})
