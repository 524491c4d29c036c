// A running process with its children → CPU time and memory, from /proc (Linux only).
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** Seconds of CPU used so far, ended children included. */
  readonly cpuSeconds: number
  /** Memory in use now. */
  readonly residentBytes: number
}

// /proc counts CPU in ticks; Linux has shown 100 a second to programs on every processor since 2.6.
const ticksPerSecond = 100

/** Sum over the process and its descendants; zeros for a process that has ended. */
export function processTreeUsage(pid: number): Usage {
  const tree = descendants(pid)
  let ticks = 0
  let residentBytes = 0
  for (const one of tree) {
    const fields = statFields(one)
    // proc(5): 14 utime, 15 stime, 16 cutime, 17 cstime; the name in field 2 is cut off before.
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0) + Number(fields[13] ?? 0) + Number(fields[14] ?? 0)
    residentBytes += residentBytesOf(one)
  }
  return { cpuSeconds: ticks / ticksPerSecond, residentBytes }
}

/** Watches a process with its children until `stop`, which gives the highest memory seen and the last CPU time. */
export function watchProcess(pid: number, everyMs = 200): { stop(): { peakBytes: number; cpuSeconds: number } } {
  let peakBytes = 0
  let cpuSeconds = 0
  const look = (): void => {
    const usage = processTreeUsage(pid)
    peakBytes = Math.max(peakBytes, usage.residentBytes)
    cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds)
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    stop() {
      clearInterval(timer)
      look()
      return { peakBytes, cpuSeconds }
    },
  }
}

function descendants(pid: number): readonly number[] {
  const childrenOf = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = Number(statFields(Number(entry))[1] ?? 0)
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(entry)])
  }
  const tree = [pid]
  for (const one of tree) tree.push(...(childrenOf.get(one) ?? []))
  return tree
}

/** Fields 3 and following of /proc/PID/stat; empty when the process has ended. */
function statFields(pid: number): readonly string[] {
  const text = readProc(`/proc/${pid}/stat`)
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Proportional share: what several processes have in common is divided among them, so that sums are true. */
function residentBytesOf(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))
  return Number(match?.[1] ?? 0) * 1024
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
