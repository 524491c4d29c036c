// The MOC library (WebAssembly) → its class MOC, ready for use in Node. It must be started exactly once in a process,
// because its objects are addresses in one memory: everybody takes it from here.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as library from '@fxpineau/moc-wasm/moc_bg.js'

/** Starts the library at the first call (about 20 ms). Free each MOC that you make; its memory is not collected. */
export const mocLibrary: () => typeof library.MOC = (() => {
  let started = false
  return () => {
    if (!started) {
      const file = createRequire(import.meta.url).resolve('@fxpineau/moc-wasm/moc_bg.wasm')
      const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
        './moc_bg.js': library,
      })
      library.__wbg_set_wasm(instance.exports)
      const start = instance.exports['__wbindgen_start']
      if (typeof start === 'function') start()
      started = true
    }
    return library.MOC
  }
})()
