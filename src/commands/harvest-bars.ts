// Harvests under way → a line for each with a bar and rates, redrawn in place, when a person watches.
import { counted } from '../core/counted.js'
import type { ListProgress } from '../registry/harvest-list.js'
import type { CommandContext } from './command.js'

/** One registry that is being asked. */
interface Row {
  readonly startedMs: number
  progress: ListProgress | undefined
}

const drawEveryMs = 250
const barWidth = 20
const mostLines = 12

/** Draws at the foot of the terminal; what is written above it scrolls. */
export class HarvestBars implements Disposable {
  readonly #context: CommandContext
  readonly #total: number
  readonly #now: () => number
  readonly #startedMs: number
  readonly #rows = new Map<string, Row>()
  #done = 0
  #doneRecords = 0
  #takenIn = 0
  #drawnLines = 0
  #timer: NodeJS.Timeout | undefined

  /** Draws only where `isShown` and somebody watches. `total`: registries in all. */
  constructor(context: CommandContext, isShown: boolean, total: number, now: () => number = () => performance.now()) {
    this.#context = context
    this.#total = total
    this.#now = now
    this.#startedMs = now()
    if (isShown && context.isTerminal) {
      this.#timer = setInterval(() => this.#draw(), drawEveryMs)
      this.#timer.unref()
    }
  }

  update(baseUrl: string, progress: ListProgress): void {
    const row = this.#rows.get(baseUrl)
    if (row === undefined) this.#rows.set(baseUrl, { startedMs: this.#now(), progress })
    else row.progress = progress
  }

  takenIn(records: number): void {
    this.#takenIn = records
  }

  /** The registry is dealt with: its line goes, and `text` stands above the others for good. */
  end(baseUrl: string, text: () => void): void {
    this.#doneRecords += this.#rows.get(baseUrl)?.progress?.records ?? 0
    this.#rows.delete(baseUrl)
    this.#done += 1
    this.#clear()
    text()
    if (this.#timer !== undefined) this.#draw()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#clear()
  }

  /** The lines as they stand now, the sum last. */
  lines(): readonly string[] {
    const rows = [...this.#rows.values()]
    const shown = rows.slice(0, mostLines).map((row) => this.#line(row))
    const more = rows.length > mostLines ? [`  … and ${rows.length - mostLines} more`] : []
    const records = this.#doneRecords + rows.reduce((sum, { progress }) => sum + (progress?.records ?? 0), 0)
    const seconds = Math.max(0.001, (this.#now() - this.#startedMs) / 1000)
    const taking = this.#takenIn === 0 ? '' : `, ${count(this.#takenIn)} taken in`
    const sum = `${bar(this.#done, this.#total)} ${this.#done} of ${counted(this.#total, 'registry', 'registries')}, ${counted(records, 'record')}${taking}, ${clockTime(seconds)}`
    return [...shown, ...more, sum]
  }

  #line({ startedMs, progress }: Row): string {
    if (progress === undefined) return ''
    const { registry, documents, records, bytes, expectedRecords } = progress
    const seconds = Math.max(0.001, (this.#now() - startedMs) / 1000)
    const share = expectedRecords === undefined ? bar(0, 0) : bar(records, expectedRecords)
    const of = expectedRecords === undefined ? '' : ` of ${count(expectedRecords)}`
    const rates = `${count(Math.round(records / seconds))}/s, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s`
    return `${share} ${shortened(registry)} ${of === '' ? counted(records, 'record') : `${count(records)}${of} records`} in ${counted(documents, 'part')}, ${rates}`
  }

  #draw(): void {
    const lines = this.lines()
    this.#clear()
    this.#context.writeError(`${lines.join('\n')}\n`)
    this.#drawnLines = lines.length
  }

  #clear(): void {
    if (this.#drawnLines > 0) this.#context.writeError(`\u001B[${this.#drawnLines}A\r\u001B[J`)
    this.#drawnLines = 0
  }
}

/** Twenty signs, filled by the share; dots when nobody knows it. */
function bar(done: number, all: number): string {
  if (all === 0) return '·'.repeat(barWidth)
  const filled = Math.min(barWidth, Math.round((done / all) * barWidth))
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}

function shortened(ivoid: string): string {
  return ivoid.length > 40 ? `${ivoid.slice(0, 39)}…` : ivoid.padEnd(40)
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function clockTime(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
