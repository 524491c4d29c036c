// What V8's collector cannot know by itself: when it is worth its time, and that memory is dear.
import { Session } from 'node:inspector'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Everything, or young objects alone; no other option is known in Node 20, and any object means young ones. */
type Collect = (options?: { readonly type: 'minor' }) => void

let known: Collect | undefined

function collector(): Collect {
  if (known === undefined) {
    setFlagsFromString('--expose-gc')
    known = runInNewContext('gc') as Collect
  }
  return known
}

/** Collects what was made lately, in about a millisecond. */
export function collectYoung(): void {
  collector()({ type: 'minor' })
}

/** Collects all there is: 10 ms in a small process. */
export function collectAll(): void {
  collector()()
}

/** Memory may grow by so much before all of it is looked through again; V8 alone lets it double. */
const growthPercent = 15
const startMs = 5000

/**
 * For a process that serves for weeks: frees what starting has left, once it is over (a break of some 0.1 s), and goes on
 * with less room to spare. Serving makes hardly anything that stays, so there is little more to collect for it. Young
 * objects may have as much room again as they turn out to need: held small, JSON takes twice the time.
 */
export function keepHeapSmall(): Disposable {
  const timer = setTimeout(() => {
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
    collectAndShrink()
  }, startMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

/** `gc` gives nothing back of the room for young objects; what a debugger would ask for does. Nothing listens here. */
function collectAndShrink(): void {
  const session = new Session()
  session.connect()
  // Within the answer, the session still holds the lock that leaving it takes.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()))
}
