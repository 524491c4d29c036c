// /moved: a former address → where it is now, as page, JSON or plain text; the list of moves, and a page for each.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { moveListJson, moveListTable, onlyMove } from '../pages/move-list.js'
import { movedPage, moveListPage, movePage } from '../pages/moved.js'
import { moveJson, moveText } from '../pages/moved-answer.js'
import { addressLimitCharacters } from '../registry/moves-address.js'
import type { MoveAnswer, MoveData, MoveIndex } from '../registry/moves-lookup.js'
import type { Schema } from '../tables/metadata.js'
import { createPageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
import { formatOf, listFormats, sendTable } from './page-format.js'
import type { Protocol } from './protocol.js'
import { sendDocument } from './stream.js'

export const movedProtocol: Protocol = {
  name: 'moved addresses',
  prefix: '/moved',
  plugin: async (app, { registry }) => {
    const data = createPageData(registry)
    addPageErrors(app, registry, data)

    app.get('/', async (request, reply) => {
      const { data: moves, index } = await data.moves()
      const url = parameter(request, 'url', addressLimitCharacters + 1)
      const format = formatOf(request, ['html', 'json', 'text'])
      if (format !== 'html' && url === '')
        throw new RegistryError(
          'usage',
          'The parameter url is missing; expected the former address, as /moved?url=http://host/path.',
        )
      const answer = url === '' ? undefined : index.lookUp(url)
      reply.header('vary', 'accept')
      if (answer === undefined || format === 'html')
        return sendPage(request, reply, movedPage(await data.site(), moves, answer), statusOf(answer))
      reply
        .code(statusOf(answer))
        .header('x-content-type-options', 'nosniff')
        .header('access-control-allow-origin', '*')
      return format === 'json'
        ? sendDocument(request, reply, 'application/json; charset=utf-8', moveJson(answer))
        : sendDocument(request, reply, 'text/plain; charset=utf-8', moveText(answer))
    })

    app.get('/list', async (request, reply): Promise<FastifyReply> => {
      const { data: moves, index } = await data.moves()
      reply.header('vary', 'accept')
      const format = formatOf(request, listFormats)
      if (format !== 'html') return sendList(request, reply, format, { moves, index, tables: registry.tables })
      return sendPage(request, reply, moveListPage(await data.site(), moves))
    })

    app.get('/:move', async (request, reply): Promise<FastifyReply> => {
      const { data: moves, index } = await data.moves()
      const name = moveName(request)
      const move = moves.moves.find((one) => one.moveId === name)
      if (move === undefined)
        throw new RegistryError(
          'not-found',
          `There is no move called "${name.slice(0, 100)}" here; /moved lists them all.`,
        )
      reply.header('vary', 'accept')
      const format = formatOf(request, listFormats)
      if (format === 'html') return sendPage(request, reply, movePage(await data.site(), move, moves))
      return sendList(request, reply, format, { moves: onlyMove(moves, name), index, tables: registry.tables })
    })
  },
}

interface MoveList {
  readonly moves: MoveData
  readonly index: MoveIndex
  readonly tables: readonly Schema[]
}

function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  format: 'json' | 'csv' | 'votable',
  { moves, index, tables }: MoveList,
): Promise<FastifyReply> {
  if (format !== 'json') return sendTable(request, reply, format, moveListTable(moves, index, tables))
  reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
  return sendDocument(request, reply, 'application/json; charset=utf-8', moveListJson(moves, index))
}

/** What is known answers 200, also that there is no replacement; only what is not known is not found. */
function statusOf(answer: MoveAnswer | undefined): number {
  if (answer?.status === 'unknown') return 404
  return answer?.status === 'not-an-address' ? 400 : 200
}

function moveName(request: FastifyRequest): string {
  const params = request.params
  const value = typeof params === 'object' && params !== null && 'move' in params ? params.move : ''
  return typeof value === 'string' ? value : ''
}
