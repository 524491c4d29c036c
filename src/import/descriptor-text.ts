// A descriptor → its YAML, in the order people write it, with a comment wherever a person must decide.
import { Document, isMap, isNode, isPair, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Finding } from '../voresource/finding.js'
import { parsePointer } from '../voresource/merge.js'

/** Keys in the order of the documentation's examples; others follow as they come. */
const keyOrder = `type xsiType ivoid title shortName status description referenceUrl subjects contentTypes contentLevels
  source publisher creators contributors contacts dates version altIdentifiers validationLevels rights relationships
  managingOrg full managedAuthorities endorsedVersions schemas deprecated keys facilities instruments coverage servedBy
  capabilities interfaces tableset catalogs extension`.split(/\s+/)

/** Characters of a map or list that stands on one line. */
const shortLine = 110

/** What goes above and into a descriptor's text. */
export interface Remarks {
  /** Lines above everything. */
  readonly head: readonly string[]
  /** Findings about parts of it; each becomes a comment at its part. */
  readonly findings: readonly Pick<Finding, 'severity' | 'rule' | 'message' | 'hint' | 'pointer'>[]
}

/** The text of a file; maps and lists that fit stand on one line. */
export function descriptorText(value: Readonly<Record<string, unknown>>, remarks: Remarks): string {
  const known = keyOrder.filter((key) => key in value)
  const others = Object.keys(value).filter((key) => !known.includes(key))
  const document = new Document(Object.fromEntries([...known, ...others].map((key) => [key, value[key]])))
  layOut(document.contents, true)
  for (const finding of remarks.findings) addComment(document.contents, finding)
  const head = remarks.head.map((line) => `#${line === '' ? '' : ` ${line}`}\n`).join('')
  return head + document.toString({ lineWidth: 120, singleQuote: true })
}

/** Chooses between block and line for every map and list, and folds long texts. */
function layOut(node: unknown, isTop = false): void {
  if (isMap(node) || isSeq(node)) {
    for (const item of node.items) layOut(isPair(item) ? item.value : item)
    if (!isTop && isShort(node)) node.flow = true
  } else if (isScalar(node) && typeof node.value === 'string' && !node.value.includes('\n')) {
    // A text without line ends reads best folded; one with them stays as it stands.
    if (node.value.length > shortLine && node.value.includes(' ')) node.type = Scalar.BLOCK_FOLDED
  }
}

/** Scalars, or lists of scalars, that fit into one line together. */
function isShort(node: YAMLMap | YAMLSeq): boolean {
  const plain = (value: unknown): boolean =>
    value === null || (isScalar(value) && !String(value.value).includes('\n')) || (isSeq(value) && value.flow === true)
  const values = node.items.map((item) => (isPair(item) ? item.value : item))
  return values.every(plain) && JSON.stringify(node.toJSON()).length <= shortLine
}

/** Puts a comment above the part that a pointer names, or above the line it stands in. */
function addComment(top: unknown, { severity, rule, message, hint, pointer }: Remarks['findings'][number]): void {
  const text = ` ${severity} ${rule}: ${message}${hint === undefined ? '' : ` (${hint})`}`
  let node: unknown = top
  let place: Node | undefined
  let isEntry = false
  for (const step of parsePointer(pointer ?? '')) {
    if (isMap(node) && node.flow !== true) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step)
      if (pair === undefined) break
      // Above the first key of a list's entry stands the entry itself.
      const isFirst = isEntry && node.items[0] === pair
      if (isNode(pair.key) && !isFirst) place = pair.key
      isEntry = false
      node = pair.value
    } else if (isSeq(node) && node.flow !== true) {
      node = node.items[Number(step)]
      if (isNode(node)) place = node
      isEntry = true
    } else break
  }
  place ??= isMap(top) && isNode(top.items[0]?.key) ? top.items[0].key : undefined
  if (place === undefined) return
  place.commentBefore = [place.commentBefore, text.replace(/\s+/g, ' ')].filter(Boolean).join('\n')
}
