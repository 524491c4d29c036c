#!/usr/bin/env node
// Process entry: arguments → command → exit code.
import './threads.js'
import { runCommandLine } from './commands/index.js'

// Whoever reads our output may stop reading (`waymark publish | head`); the work goes on all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  readInput: () => process.stdin.setEncoding('utf8'),
  readInputBytes: () => process.stdin,
  isTerminal: process.stderr.isTTY,
})
