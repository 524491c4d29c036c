// The part of @fxpineau/moc-wasm without the bundler's loader, which Node cannot run without a flag.
declare module '@fxpineau/moc-wasm/moc_bg.js' {
  export * from '@fxpineau/moc-wasm'
  export function __wbg_set_wasm(exports: Readonly<Record<string, unknown>>): void
}

// Node has WebAssembly; its type definitions for version 20 do not.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, object>>)
    readonly exports: Readonly<Record<string, unknown>>
  }
}
