import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSchemaSet } from '../../src/xml/schema-validation.js'
import { hasShared, schemaViolations, sharedFolder } from '../support/schemas.js'

it('says where schemas were expected when the folder has none', () => {
  expect(() => openSchemaSet('/nowhere')).toThrow('/nowhere/all.xsd')
})

describe.runIf(hasShared)('the official schemas', () => {
  // What is wrong in each document, by hand: its file name says what was done to it.
  const broken: Readonly<Record<string, readonly [line: number, says: RegExp]>> = {
    'avail-bad-bool.xml': [11, /'maybe' is not a valid value/],
    'cat-bad-col-datatype-xsitype.xml': [85, /VOTType' of the xsi:type attribute does not resolve/],
    'cat-element-order.xml': [11, /'identifier': This element is not expected/],
    'cat-extra-element.xml': [11, /'nonsense': This element is not expected/],
    'doc-no-language.xml': [43, /'capability': Missing child element/],
    'not-wellformed.xml': [59, /Premature end of data/],
    'org-wrong-ns.xml': [12, /v9\.9\}Organisation' of the xsi:type attribute does not resolve/],
    'std-no-version.xml': [97, /'interface': This element is not expected. Expected is \( endorsedVersion \)/],
    'tap-bad-identifier.xml': [17, /'http:\/\/not\.an\/ivoid' is not accepted/],
    'tap-bad-status.xml': [14, /'alive' is not an element of the set/],
    'tap-limit-unit.xml': [81, /'rows' is not an element of the set/],
    'tap-no-created.xml': [14, /attribute 'created' is required/],
    'tap-no-identifier.xml': [18, /'curation': This element is not expected. Expected is \( identifier \)/],
    'tap-no-title.xml': [16, /'shortName': This element is not expected/],
    'tap-oai-no-datestamp.xml': [10, /setSpec': This element is not expected/],
    'tap-two-outputLimit-order.xml': [56, /'outputLimit': This element is not expected/],
    'tap-unknown-xsitype.xml': [51, /TableAcess' of the xsi:type attribute does not resolve/],
    'uws-bad-phase.xml': [10, /'DONE' is not an element of the set/],
    'vot-bad-field.xml': [6, /FIELDD': This element is not expected/],
    'vr-bad-date.xml': [14, /'yesterday' is not a valid value/],
    'vr-no-content.xml': [55, /'rights': This element is not expected. Expected is \( content \)/],
    'vr-no-curation.xml': [22, /'content': This element is not expected/],
  }

  it('are tried with every broken document there is', () => {
    expect(readdirSync(`${sharedFolder}/xsd/broken`).sort()).toEqual(Object.keys(broken).sort())
  })

  it.each(Object.entries(broken))('refuse the broken document %s at its line', (file, [line, says]) => {
    const [first] = schemaViolations(readFileSync(`${sharedFolder}/xsd/broken/${file}`, 'utf8'))
    expect(first).toMatch(new RegExp(`^line ${line}: `))
    expect(first).toMatch(says)
  })

  it('accept a real record', () => {
    expect(schemaViolations(readFileSync(`${sharedFolder}/records/regtap-authority.xml`, 'utf8'))).toEqual([])
  })
})
