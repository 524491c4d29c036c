// The part that all descriptors share: identity, curation, content. Resource types add theirs (resource-types/index.ts).
import { validationLevelsShape } from './capabilities/capability.js'
import { contentGroup } from './content.js'
import { curationGroup } from './curation.js'
import { ivoidPattern, uriPattern } from './names.js'
import { either, flag, group, type InferGroup, list, object, oneOf, text } from './shape.js'

/** Who the resource is. */
export const identityGroup = group(
  { title: text('Full name, by which people recognise the resource in a list.') },
  {
    ivoid: text('IVOID of the resource; never changes. Made of authority and file name when left out.', {
      pattern: ivoidPattern,
    }),
    shortName: text('Short form of the title.', { maxLength: 16 }),
    altIdentifiers: list(
      'Other identifiers of the resource as URIs: doi:…, bibcode:…, https://ror.org/…, ascl:….',
      text('A URI.', { pattern: uriPattern, examples: ['doi:10.5072/bright'] }),
    ),
    status: oneOf('inactive hides the resource from searches while its record stays.', ['active', 'inactive']),
    validationLevels: validationLevelsShape,
    self: flag('True when this program is the resource: its own capabilities are added.'),
    extension: text('XML elements put at the end of the record as they stand.'),
  },
)

/** Properties of every resource. */
export const resourceGroup = group(
  { ...identityGroup.required, ...curationGroup.required, ...contentGroup.required },
  { ...identityGroup.optional, ...curationGroup.optional, ...contentGroup.optional },
)

export type ResourceCommon = InferGroup<typeof resourceGroup>

export const rightsShape = list(
  'Who may use it; the first entry says everything relevant.',
  either(
    'A statement of rights.',
    text('Statement.'),
    object(
      'A statement with its address.',
      { text: text('Statement.') },
      {
        uri: text('Address of the licence, best one of SPDX.', {
          pattern: uriPattern,
          examples: ['https://spdx.org/licenses/CC-BY-4.0.html'],
        }),
      },
    ),
  ),
)
