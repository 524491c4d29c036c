// A door: one Fastify plugin per protocol. Doors are thin; the rules live in the room of the protocol's name.
import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from '../registry/registry.js'

export interface Protocol {
  readonly name: string
  /** Path prefix: `/oai`, `/tap`; empty for the pages at the root. */
  readonly prefix: string
  readonly plugin: FastifyPluginAsync<{ registry: Registry }>
}
