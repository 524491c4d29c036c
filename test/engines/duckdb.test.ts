// DuckDB in this process keeps the contract of engines.
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { describeEngine } from './contract.js'
import { temporaryFolder } from './support.js'

describeEngine({ name: 'duckdb', open: () => DuckdbEngine.open({ folder: temporaryFolder() }) })
