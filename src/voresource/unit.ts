// A unit → what is wrong with it, by the syntax and the symbols of VOUnits 1.1 (§2 to §3).

const decimalPrefixes = [
  'da',
  'y',
  'z',
  'a',
  'f',
  'p',
  'n',
  'u',
  'm',
  'c',
  'd',
  'h',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Z',
  'Y',
]
const binaryPrefixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']

/** Symbols that take decimal prefixes (VOUnits 1.1 §2.2 to §2.5). */
const prefixable = new Set(
  'm g s A K mol cd rad sr Hz N Pa J W C V S F Wb T H lm lx Ohm Jy pc a yr barn eV R G u ph photon adu mag arcsec Crab lyr vox voxel beam count ct D Ry Sun erg bit byte B solMass solLum solRad chan bin pix pixel electron cm'
    .split(' ')
    .filter((symbol) => !['cm', 'electron', 'Sun', 'chan', 'bin', 'beam'].includes(symbol)),
)

/** Symbols that stand as they are. */
const plain = new Set(
  'min h d deg arcmin mas uas AU au angstrom Angstrom Ry dex % unknown Sun chan bin beam kg dB Ba ta Ta'.split(' '),
)

const binaryPrefixable = new Set(['bit', 'byte', 'B'])
const functions = new Set(['log', 'ln', 'exp', 'sqrt'])

const tokenPattern = /\s*(?:(\*\*)|([./*()])|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|('[A-Za-z%]+')|([A-Za-z%_]+)|([+-])|(.))/y

/** One fault of a unit; undefined when it is well. */
export interface UnitFault {
  readonly rule: 'unit-syntax' | 'unit-symbol'
  readonly message: string
  readonly hint: string
}

/** Judges units; each only once, since the same few occur in thousands of columns. */
export class UnitChecker {
  readonly #judged = new Map<string, UnitFault | undefined>()

  check(unit: string): UnitFault | undefined {
    if (this.#judged.has(unit)) return this.#judged.get(unit)
    const fault = checkUnit(unit)
    this.#judged.set(unit, fault)
    return fault
  }
}

/** Judges a unit string. */
export function checkUnit(unit: string): UnitFault | undefined {
  const syntax = (problem: string): UnitFault => ({
    rule: 'unit-syntax',
    message: `the unit "${unit}" is not in VOUnits syntax: ${problem}`,
    hint: 'write products with ".", one "/" at most, powers with "**", as km.s**-1 or mas/yr',
  })
  if (/\s/.test(unit)) return syntax('it has a blank')
  if (unit.includes('^')) return syntax('it has "^"')
  if ((unit.replace(/\([^)]*\)/g, '').match(/\//g)?.length ?? 0) > 1) return syntax('it has more than one "/"')
  const tokens = tokensOf(unit)
  const stray = tokens.find((token) => token.kind === 'stray')
  if (stray !== undefined) return syntax(`"${stray.text}" has no place in a unit`)
  const parser = new UnitParser(tokens)
  const problem = parser.whole()
  if (problem !== undefined) return syntax(problem)
  const unknown = parser.symbols.find((symbol) => !isKnownSymbol(symbol))
  if (unknown === undefined) return undefined
  return {
    rule: 'unit-symbol',
    message: `"${unknown}" in the unit "${unit}" is no symbol of VOUnits`,
    hint: `use a known symbol, or mark your own with quotation marks: '${unknown}'`,
  }
}

/** True for a symbol of the standard, with or without prefix. */
function isKnownSymbol(symbol: string): boolean {
  if (plain.has(symbol) || prefixable.has(symbol)) return true
  if (decimalPrefixes.some((prefix) => symbol.startsWith(prefix) && prefixable.has(symbol.slice(prefix.length))))
    return true
  return binaryPrefixes.some((prefix) => symbol.startsWith(prefix) && binaryPrefixable.has(symbol.slice(prefix.length)))
}

interface Token {
  readonly kind: 'power' | 'mark' | 'number' | 'quoted' | 'symbol' | 'sign' | 'stray'
  readonly text: string
}

function tokensOf(unit: string): readonly Token[] {
  const kinds = ['power', 'mark', 'number', 'quoted', 'symbol', 'sign', 'stray'] as const
  return [...unit.matchAll(new RegExp(tokenPattern.source, 'g'))].map((match): Token => {
    const at = kinds.findIndex((_, index) => match[index + 1] !== undefined)
    return { kind: kinds[at] ?? 'stray', text: match[at + 1] ?? match[0] }
  })
}

/** unit := [factor] term (('.' | '*' | '/') term)*; term := symbol [power] | function '(' unit ')' | '(' unit ')' [power] */
class UnitParser {
  readonly symbols: string[] = []
  #at = 0

  constructor(readonly tokens: readonly Token[]) {}

  whole(): string | undefined {
    if (this.tokens.length === 0) return 'it is empty'
    const problem = this.#unit()
    if (problem !== undefined) return problem
    const left = this.tokens[this.#at]
    return left === undefined ? undefined : `"${left.text}" was not expected`
  }

  #unit(): string | undefined {
    if (this.#peek()?.kind === 'number') {
      this.#at += 1
      const problem = this.#power()
      if (problem !== undefined || this.#peek() === undefined) return problem
      if (this.#isMark('.') || this.#isMark('*')) this.#at += 1
    }
    // A leading slash stands for the inverse: /s
    if (this.#isMark('/')) this.#at += 1
    for (;;) {
      const problem = this.#term()
      if (problem !== undefined) return problem
      if (!this.#isMark('.') && !this.#isMark('*') && !this.#isMark('/')) return undefined
      this.#at += 1
    }
  }

  #term(): string | undefined {
    const token = this.#peek()
    this.#at += 1
    if (token?.kind === 'quoted') return this.#power()
    if (token?.kind === 'symbol') {
      if (!functions.has(token.text) || !this.#isMark('(')) {
        this.symbols.push(token.text)
        return this.#power()
      }
      this.#at += 1
      return this.#closed() ?? this.#power()
    }
    if (token?.kind === 'mark' && token.text === '(') return this.#closed() ?? this.#power()
    return token === undefined
      ? 'it ends where a symbol was expected'
      : `"${token.text}" stands where a symbol was expected`
  }

  #closed(): string | undefined {
    const problem = this.#unit()
    if (problem !== undefined) return problem
    if (!this.#isMark(')')) return 'a bracket is not closed'
    this.#at += 1
    return undefined
  }

  #power(): string | undefined {
    if (this.#peek()?.kind !== 'power') return undefined
    this.#at += 1
    const open = this.#isMark('(')
    if (open) this.#at += 1
    if (this.#peek()?.kind === 'sign') this.#at += 1
    if (this.#peek()?.kind !== 'number') return 'a power is no number'
    this.#at += 1
    if (open && this.#isMark('/')) {
      this.#at += 1
      if (this.#peek()?.kind !== 'number') return 'a power is no number'
      this.#at += 1
    }
    if (open && !this.#isMark(')')) return 'a bracket is not closed'
    if (open) this.#at += 1
    return undefined
  }

  #peek(): Token | undefined {
    return this.tokens[this.#at]
  }

  #isMark(text: string): boolean {
    const token = this.#peek()
    return token?.kind === 'mark' && token.text === text
  }
}
