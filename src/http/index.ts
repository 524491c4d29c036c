// The list of doors. More particular prefixes first: the pages take what is left.
import { harvestsProtocol } from './harvests.js'
import { movedProtocol } from './moved.js'
import { oaiProtocol } from './oai.js'
import { pagesProtocol } from './pages.js'
import type { Protocol } from './protocol.js'
import { statusProtocol } from './status.js'
import { tapPlugin } from './tap.js'

export const protocols: readonly Protocol[] = [
  oaiProtocol,
  { name: 'TAP', prefix: '/tap', plugin: tapPlugin },
  movedProtocol,
  statusProtocol,
  harvestsProtocol,
  pagesProtocol,
]
