// Names of people, organisations and resources → vr:ResourceName elements (VOResource 1.2 §3.1.1).
import type { Attributes, XmlWriter } from '../xml/writer.js'
import type { Profile } from './context.js'
import { either, type Infer, list, object, text } from './shape.js'

export const ivoidPattern = "^ivo://[A-Za-z0-9][A-Za-z0-9_\\-.!~*'()+=]{2,}(/[A-Za-z0-9_\\-.!~*'()+=]+)*$"
/** Characters of a URI (RFC 3986 §2); others are percent-encoded. */
const uriCharacter = "(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
export const httpPattern = `^https?://[A-Za-z0-9._~%@:-]+(?:[/?]${uriCharacter}*)?(?:#${uriCharacter}*)?$`
export const uriPattern = `^[A-Za-z][A-Za-z0-9+.-]*:${uriCharacter}+(?:#${uriCharacter}*)?$`
/** An IVOID that may have a fragment or a query: keys of standards. */
export const ivoUriPattern = `^ivo://${uriCharacter}+(?:#${uriCharacter}*)?$`

export const foreignTypeShape = either(
  'The xsi:type, where it is one that has no place of its own here.',
  text('With the usual prefix of a known namespace, as vs:DataCollection.', {
    pattern: '^[A-Za-z_][\\w.-]*:[A-Za-z_][\\w.-]*$',
  }),
  object(
    'A type of another namespace; its own elements go into `extension`.',
    {
      name: text('Type with a prefix, as app:DesktopApplication.', {
        pattern: '^[A-Za-z_][\\w.-]*:[A-Za-z_][\\w.-]*$',
      }),
      namespace: text('Namespace that the prefix stands for.'),
    },
    {},
  ),
)

export const ivoidShape = text('IVOA identifier of a resource, as ivo://archive.example.edu/tap.', {
  pattern: ivoidPattern,
  examples: ['ivo://archive.example.edu/tap'],
})

export const urlShape = text('Address that begins with http:// or https://.', { pattern: httpPattern })

/** Identifiers that a name may carry beside its IVOID. */
const identifiers = {
  ivoid: text('IVOID of the record that describes it, if there is one.', { pattern: ivoidPattern }),
  orcid: text('ORCID of a person.', {
    pattern: '^\\d{4}-\\d{4}-\\d{4}-\\d{3}[\\dX]$',
    examples: ['0000-0002-1825-0097'],
  }),
  ror: text('ROR identifier of an organisation, the part after https://ror.org/.', { pattern: '^0[a-z0-9]{6}\\d{2}$' }),
  altIdentifier: either(
    'Any other identifier as URI, or several.',
    text('A URI.', { pattern: uriPattern }),
    list('Several.', text('A URI.', { pattern: uriPattern }), { minItems: 1 }),
  ),
}

export const resourceNameShape = either(
  'A name, or a name with its identifiers.',
  text('Name as people write it.'),
  object('Name with identifiers.', { name: text('Name as people write it.') }, identifiers),
)

/** A resource that a relationship points to. */
export const relatedResourceShape = either(
  'A related resource: its IVOID, or its name with the IVOID.',
  text('IVOID of the related resource.', { pattern: ivoidPattern }),
  object('The related resource.', { name: text('Name or title of the related resource.') }, identifiers),
)

export const creatorShape = either(
  'A person ("Doe, J.") or body; one entry each.',
  text('Name; persons with the last name first.'),
  object(
    'A creator.',
    { name: text('Name; persons with the last name first.') },
    { ...identifiers, logo: text('Address of a picture that stands for the creator.', { pattern: httpPattern }) },
  ),
)

export const contactShape = object(
  'Whom to ask.',
  { name: text('Name of a person or, better, of a help desk.') },
  {
    ...identifiers,
    email: text('Mail address.', { format: 'email' }),
    address: text('Postal address in one line.'),
    telephone: text('Telephone number with country code.'),
  },
)

export type ForeignType = Infer<typeof foreignTypeShape>
export type ResourceName = Infer<typeof resourceNameShape>
export type Creator = Infer<typeof creatorShape>
export type Contact = Infer<typeof contactShape>

/** The object form of a name. */
export interface NamedResource {
  readonly name: string
  readonly ivoid?: string
  readonly orcid?: string
  readonly ror?: string
  readonly altIdentifier?: string | readonly string[]
}

/** The xsi:type of a foreign type as it is written; its prefix is declared on the way. */
export function declareType(type: ForeignType | undefined, xml: XmlWriter): string | undefined {
  if (type === undefined || typeof type === 'string') return type
  xml.declareNamespace(type.name.split(':', 1)[0] ?? '', type.namespace)
  return type.name
}

/** A name in either form → the object form. */
export function namedResource<N extends NamedResource>(name: string | N): N | NamedResource {
  return typeof name === 'string' ? { name } : name
}

/** Identifiers of a name as URIs; ORCID and ROR in the https form (VOResource 1.2 §2.2.5). */
export function altIdentifiersOf(name: NamedResource): readonly string[] {
  return [
    ...(name.orcid === undefined ? [] : [`https://orcid.org/${name.orcid}`]),
    ...(name.ror === undefined ? [] : [`https://ror.org/${name.ror}`]),
    ...(name.altIdentifier === undefined ? [] : [name.altIdentifier].flat()),
  ]
}

/** Attributes of a vr:ResourceName. `altIdentifier` came with VOResource 1.2, so the conservative profile leaves it out. */
export function resourceNameAttributes(name: NamedResource, profile: Profile): Attributes {
  return { 'ivo-id': name.ivoid, altIdentifier: profile === 'current' ? altIdentifiersOf(name)[0] : undefined }
}

/** An element of the type vr:ResourceName. */
export function writeResourceName(element: string, name: ResourceName, xml: XmlWriter, profile: Profile): void {
  const named = namedResource(name)
  xml.token(element, named.name, resourceNameAttributes(named, profile))
}
