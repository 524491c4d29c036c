// Record → rr.res_detail: the places listed in schemas/res-detail.json with their values (RegTAP 1.2 §8.13, appendix A).
import { readProjectJson } from '../core/project-files.js'
import type { Row } from '../core/sql.js'
import { attributeOf, textOf, type XmlElement } from '../xml/reader.js'
import { cleanText } from './normalize.js'

interface DetailPlace {
  /** Where elements of that name lead, from here. */
  readonly children: Map<string, DetailPlace>
  /** Xpath to store when the element's own text counts. */
  own?: string
  /** Attributes that count: name → xpath. */
  readonly attributes: Map<string, string>
}

/** Finds the details of one record: rows of ivoid, cap_index, detail_xpath, detail_value. */
export type DetailFinder = (resource: XmlElement, ivoid: string) => readonly Row[]

/** Reads the list of places once. */
export function detailFinder(): DetailFinder {
  const { xpaths } = readProjectJson<{ xpaths: readonly { readonly xpath: string }[] }>('schemas/res-detail.json')
  const root = newPlace()
  for (const { xpath } of xpaths) addPlace(root, xpath)
  return (resource, ivoid) => {
    const rows: Row[] = []
    let capabilities = 0
    for (const child of resource.children) {
      if (typeof child === 'string') continue
      const place = root.children.get(child.name)
      if (child.name === 'capability') capabilities++
      if (place !== undefined) collect(child, place, ivoid, child.name === 'capability' ? capabilities : null, rows)
    }
    return rows
  }
}

function newPlace(): DetailPlace {
  return { children: new Map(), attributes: new Map() }
}

function addPlace(root: DetailPlace, xpath: string): void {
  let place = root
  for (const step of xpath.split('/').slice(1)) {
    if (step.startsWith('@')) {
      place.attributes.set(step.slice(1), xpath)
      return
    }
    let next = place.children.get(step)
    if (next === undefined) {
      next = newPlace()
      place.children.set(step, next)
    }
    place = next
  }
  place.own = xpath
}

function collect(element: XmlElement, place: DetailPlace, ivoid: string, index: number | null, rows: Row[]): void {
  // Letters stay as they are: test queries would break (RegTAP 1.2 §8.13).
  const add = (xpath: string, text: string | undefined): void => {
    const value = cleanText(text)
    if (value !== null) rows.push([ivoid, index, xpath, value])
  }
  if (place.own !== undefined) add(place.own, ownText(element))
  for (const [name, xpath] of place.attributes) add(xpath, attributeOf(element, name))
  if (place.children.size === 0) return
  for (const child of element.children) {
    if (typeof child === 'string') continue
    const next = place.children.get(child.name)
    if (next !== undefined) collect(child, next, ivoid, index, rows)
  }
}

/** The text of an element that holds nothing but text; `/capability/maxImageSize` has children in old records. */
function ownText(element: XmlElement): string {
  return element.children.every((child) => typeof child === 'string') ? textOf(element) : ''
}
