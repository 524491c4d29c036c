// /moved: a former address → where it is now, as page, JSON or plain text; a page for each move.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { movedPage, movePage } from '../pages/moved.js'
import { moveJson, moveText } from '../pages/moved-answer.js'
import { addressLimitCharacters } from '../registry/moves-address.js'
import type { MoveAnswer } from '../registry/moves-lookup.js'
import { createPageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
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
      const format = formatOf(request)
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

    app.get('/:move', async (request, reply): Promise<FastifyReply> => {
      const { data: moves } = await data.moves()
      const name = moveName(request)
      const move = moves.moves.find((one) => one.moveId === name)
      if (move === undefined)
        throw new RegistryError(
          'not-found',
          `There is no move called "${name.slice(0, 100)}" here; /moved lists them all.`,
        )
      return sendPage(request, reply, movePage(await data.site(), move, moves))
    })
  },
}

/** What is known answers 200, also that there is no replacement; only what is not known is not found. */
function statusOf(answer: MoveAnswer | undefined): number {
  if (answer?.status === 'unknown') return 404
  return answer?.status === 'not-an-address' ? 400 : 200
}

/** The parameter decides, else the first of the media types that the client names. */
function formatOf(request: FastifyRequest): 'html' | 'json' | 'text' {
  const wanted = parameter(request, 'format').toLowerCase()
  if (wanted === 'json' || wanted === 'text' || wanted === 'html') return wanted
  if (wanted !== '')
    throw new RegistryError('usage', `format is "${wanted.slice(0, 60)}"; expected html, json or text.`)
  const accepted = request.headers.accept ?? ''
  const first = /application\/json|text\/plain|text\/html/.exec(accepted.toLowerCase())?.[0]
  return first === 'application/json' ? 'json' : first === 'text/plain' ? 'text' : 'html'
}

function moveName(request: FastifyRequest): string {
  const params = request.params
  const value = typeof params === 'object' && params !== null && 'move' in params ? params.move : ''
  return typeof value === 'string' ? value : ''
}
