import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The unit tests: no network, no installed clients, well under a minute on two cores. What takes longer by nature
// (killing processes, hostile queries, PostgreSQL in WebAssembly) is in slow.config.ts.
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**', 'test/**/*.slow.test.ts'],
    globalSetup: 'test/support/temporary-folder.ts',
    pool: 'forks',
    maxWorkers: '100%',
    // Nothing of ours is kept in modules, so files may share a process; importing everything anew for each took half the time.
    isolate: false,
    testTimeout: 20_000,
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'America/Santiago' },
  },
})
