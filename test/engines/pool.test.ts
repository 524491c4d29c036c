// DuckDB with strangers' queries in processes of their own keeps the contract of engines, and more.
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { builtFile } from '../support/built.js'
import { describeEngine } from './contract.js'
import { temporaryFolder } from './support.js'

const workerFile = builtFile('engines/pool-worker')

describeEngine({
  name: 'duckdb with engine processes',
  open: () =>
    DuckdbEngine.open({ folder: temporaryFolder(), pool: { processes: 1, memoryMegabytes: 1000, workerFile } }),
})
