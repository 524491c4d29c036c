#!/usr/bin/env node
// Process entry: arguments → command → exit code.
import './threads.js'
import { runCommandLine } from './commands/index.js'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
})
