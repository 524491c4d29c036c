// Room for queries beside file access: each running DuckDB query occupies a thread of libuv's pool, and with the four
// threads it has by itself four long queries would stop even file reads. Must be set before the pool is first used,
// which is why this file is imported before all others.
process.env.UV_THREADPOOL_SIZE ??= '16'
