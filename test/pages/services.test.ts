// What a person finds on the service list, with the catalogs that ship.
import { describe, expect, it } from 'vitest'
import type { ServiceFilter } from '../../src/pages/catalog.js'
import { serviceListJson } from '../../src/pages/service-list.js'
import { filterQuery, servicesPage } from '../../src/pages/services.js'
import { serviceStandards } from '../../src/pages/standards.js'
import { shippedServices, site } from './entries.js'

const everything: ServiceFilter = { words: '', standard: undefined, movedOnly: false, sort: 'title', page: 1 }
const services = await shippedServices()
const list = servicesPage(site, everything, { services, hasMore: false })

/** The part of the page about one service. */
function cardOf(title: string): string {
  const card = list.split('<article').find((part) => part.includes(`>${title}</a>`))
  if (card === undefined) throw new Error(`no card with the title ${title}`)
  return card
}

describe('the service list', () => {
  it('has a card for each of the twelve catalogs', () => {
    expect(list.split('<article').length - 1).toBe(12)
  })

  it('shows the present address with a button that copies it', () => {
    const address = 'https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3'
    expect(cardOf('MAST STScI Gaia DR3 TAP service')).toContain(`<code class="">${address}</code>`)
    expect(cardOf('MAST STScI Gaia DR3 TAP service')).toContain(`data-copy="${address}"`)
  })

  it('shows each former address once, whatever its spellings, with the day it closed', () => {
    const card = cardOf('MAST STScI Hubble Source Catalog v3 TAP service')
    const shown = [...card.matchAll(/<code class="old">([^<]*)<\/code>/g)].map((match) => match[1]?.toLowerCase())
    expect(shown).toEqual([
      'https://vao.stsci.edu/hsctap/tapservice.aspx',
      'https://vao.stsci.edu/hscv3tap/tapservice.aspx',
    ])
    expect(card).toContain('closed 2025-06-26')
  })

  it('links documents that the record names beside the documentation, and gives them to programs', () => {
    const documents = [
      { url: 'https://a.example/openapi.json', description: 'OpenAPI description' },
      { url: 'javascript:alert(1)', description: 'None' },
    ]
    const found = { services: [{ ...services[0]!, documents }], hasMore: false }
    const page = servicesPage(site, everything, found)
    expect(page).toContain('OpenAPI description: <a href="https://a.example/openapi.json" rel="noopener">')
    expect(page).not.toContain('href="javascript:')
    const json = serviceListJson(found, new Map(), { recordUrl: (ivoid) => ivoid, next: null })
    expect(JSON.parse(json)).toMatchObject({ services: [{ documents }] })
  })

  it('gives lines for pyvo that look the service up here by its IVOID', () => {
    const card = cardOf('MAST STScI Gaia DR3 TAP service')
    expect(card).toContain(`os.environ['IVOA_REGISTRY'] = 'http://localhost:8080/tap'`)
    expect(card).toContain(`pyvo.registry.search(ivoid='ivo://archive.stsci.edu/tap/gaiadr3')[0].get_service('tap')`)
    expect(card).toContain('SELECT TOP 5 * FROM dbo.gaia_source')
  })

  it('gives pyvo before 1.3 lines of its own', () => {
    expect(cardOf('MAST STScI Gaia DR3 TAP service')).toContain(
      `service = ivoid2service('ivo://archive.stsci.edu/tap/gaiadr3', 'tap')`,
    )
  })

  it('keeps names of strangers inside the texts of what is copied', () => {
    const evil = { ...services[0]!, ivoid: "ivo://evil.example/a'b", tables: ["x'; rm -rf ~; echo '$(id)\n"] }
    const page = servicesPage(site, everything, { services: [evil], hasMore: false })
    expect(page).toContain(String.raw`ivoid='ivo://evil.example/a\'b'`)
    expect(page).toContain(String.raw`adql='SELECT TOP 5 * FROM x'\''; rm -rf ~; echo '\''$(id) '`)
    expect(page).toContain(String.raw`run_sync('SELECT TOP 5 * FROM x\'; rm -rf ~; echo \'$(id) ')`)
  })

  it('hides copy buttons until the script runs', () => {
    expect(list).not.toMatch(/<button[^>]*data-copy="[^"]*"(?![^>]*hidden)[^>]*>/)
  })

  it('names the first tables and counts the rest', () => {
    expect(cardOf('MAST STScI CAOM and ObsCore TAP service')).toContain('<code>ivoa.obscore</code>')
    expect(cardOf('MAST STScI CAOM and ObsCore TAP service')).toContain('4 more</a>')
  })

  it('says what to do when nothing matches', () => {
    const page = servicesPage(site, { ...everything, words: 'xyzzy' }, { services: [], hasMore: false })
    expect(page).toContain('No service matches')
    expect(page).toContain('value="xyzzy"')
  })

  it('keeps the filter on the way to the next page', () => {
    const filter: ServiceFilter = {
      ...everything,
      words: 'ultra violet',
      movedOnly: true,
      standard: serviceStandards[0],
      page: 2,
    }
    expect(servicesPage(site, filter, { services, hasMore: true })).toContain(
      'href="/?q=ultra+violet&amp;standard=tap&amp;moved=yes&amp;page=3"',
    )
    expect(filterQuery({ ...filter, page: 1 })).toBe('q=ultra+violet&standard=tap&moved=yes')
  })

  it('links below the path of the base URL', () => {
    const below = servicesPage({ ...site, baseUrl: 'https://example.edu/registry' }, everything, {
      services,
      hasMore: false,
    })
    expect(below).toContain('href="/registry/record/archive.stsci.edu/tap/gaiadr3"')
    expect(below).toContain('href="/registry/moved"')
  })

  it('shows texts of records as text, and links to http and https only', () => {
    const evil = { ...services[0]!, title: '<script>alert(1)</script>', referenceUrl: 'javascript:alert(1)' }
    const page = servicesPage(site, everything, { services: [evil], hasMore: false })
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('javascript:')
  })
})
