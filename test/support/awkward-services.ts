// Resources whose TAP services clients find with difficulty, or not at all: descriptors by file name.
import { catalog, organisation, tap } from '../voresource/support.js'

const tableset = { schemas: [{ name: 's', tables: [{ name: 's.star' }, { name: 's.galaxy' }] }] }
const service = (name: string, capabilities: readonly object[], keys: Readonly<Record<string, unknown>> = {}) =>
  catalog({ ivoid: `ivo://archive.example.edu/${name}`, title: `Service ${name}`, capabilities, tableset, ...keys })
const address = (name: string) => `https://archive.example.edu/${name}`
const interfaceOf = (name: string, keys: object = {}) => ({ type: 'vs:ParamHTTP', accessUrl: address(name), ...keys })

export const awkwardServices: Readonly<Record<string, string>> = {
  'authority.yaml': organisation({
    type: 'vg:Authority',
    ivoid: 'ivo://archive.example.edu',
    managingOrg: 'Example Archive',
  }),
  'registry.yaml': organisation({
    type: 'vg:Registry',
    ivoid: 'ivo://archive.example.edu/registry',
    self: true,
    full: false,
  }),
  'regtap.yaml': catalog({
    ivoid: 'ivo://archive.example.edu/regtap',
    title: 'Search the registry',
    self: true,
    capabilities: undefined,
  }),
  'plain.yaml': service('plain', [tap({ accessUrl: address('plain') })]),
  'catalog.yaml': service('catalog', [], {
    type: 'vs:CatalogResource',
    servedBy: 'ivo://archive.example.edu/plain',
  }),
  // Everybody may enter, and those who log in may do more: one interface each.
  'login.yaml': service('login', [
    tap({ accessUrl: address('login'), securityMethods: ['anonymous', 'ivo://ivoa.net/sso#BasicAA'] }),
  ]),
  'no-role.yaml': service('no-role', [tap({ accessUrl: undefined, interfaces: [interfaceOf('no-role')] })]),
  'two-roles.yaml': service('two-roles', [
    tap({
      accessUrl: undefined,
      interfaces: [interfaceOf('two-roles-form'), interfaceOf('two-roles', { role: 'std', version: '1.1' })],
    }),
  ]),
  'both.yaml': service('both', [
    tap({ accessUrl: address('both'), description: 'All tables.' }),
    { type: 'auxiliary', standard: 'TAP', accessUrl: address('plain'), description: 'Some of them elsewhere.' },
  ]),
  'versioned.yaml': service('versioned', [
    {
      type: 'vr:Capability',
      standardId: 'ivo://ivoa.net/std/TAP#1.1',
      interfaces: [interfaceOf('versioned', { role: 'std' })],
    },
  ]),
  'slash.yaml': service('slash', [
    {
      type: 'vr:Capability',
      standardId: 'ivo://ivoa.net/std/TAP/1.1',
      interfaces: [interfaceOf('slash', { role: 'std' })],
    },
  ]),
  'lone.yaml': service('lone', [{ type: 'auxiliary', standard: 'TAP', accessUrl: 'https://elsewhere.example/tap' }], {
    type: 'vs:CatalogResource',
    relationships: [{ type: 'IsServedBy', resources: ['ivo://elsewhere.example/tap'] }],
  }),
  'cone.yaml': service('cone', [{ type: 'cs:ConeSearch', accessUrl: address('cone'), maxRecords: 100 }]),
  'empty.yaml': service('empty', [tap({ accessUrl: address('empty') })], { tableset: undefined }),
}
