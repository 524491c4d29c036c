// /tap/async: UWS 1.1 over HTTP (UWS 1.1 §2.2; DALI 1.2 §2.1). Thin: phases and rules are in src/tap/jobs.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { votable } from '../formats/votable.js'
import { ForbiddenChange } from '../tap/errors.js'
import { type Job, quoteMs, uwsTime } from '../tap/job.js'
import { jobDocument, jobListDocument, parametersDocument, resultsDocument } from '../tap/job-documents.js'
import { filterJobs, readMoment, readPhase } from '../tap/job-list.js'
import type { JobQueue } from '../tap/jobs.js'
import type { Parameters } from '../tap/parameters.js'
import { clientGone, sendChunks, sendDocument } from './stream.js'
import { tapInput } from './tap-body.js'
import { onlyMethods, spellings } from './tap-door.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Adds the routes of the job list, the jobs and their children. */
export function asyncRoutes(app: FastifyInstance, jobs: JobQueue, tapUrl: string): void {
  const listUrl = `${tapUrl}/async`
  const urlOf = (job: Job): string => `${listUrl}/${job.id}`
  const seeOther = (reply: FastifyReply, url: string): FastifyReply => reply.code(303).header('location', url).send()
  const jobOf = (request: FastifyRequest): Job => jobs.get(jobId(request))

  route(app, '/async', {
    GET: (request, reply) =>
      sendDocument(
        request,
        reply,
        'text/xml',
        jobListDocument(filterJobs(jobs.list(), tapInput(request).parameters, request.ip), urlOf),
      ),
    POST: async (request, reply) => {
      const { parameters, parts } = tapInput(request)
      const phase = parameters.single('PHASE')
      const duration = parameters.single('EXECUTIONDURATION')
      const destruction = readMoment(parameters.single('DESTRUCTION'), 'DESTRUCTION')
      if (phase !== undefined) checkRun(phase)
      const seconds = duration === undefined ? undefined : readSeconds(duration)
      const job = await jobs.create({ parameters, parts, client: request.ip })
      try {
        if (seconds !== undefined) await jobs.setExecutionSeconds(job.id, seconds)
        if (destruction !== undefined) await jobs.setDestruction(job.id, new Date(destruction))
        if (phase !== undefined) await jobs.start(job.id)
      } catch (thrown) {
        // The client learns no address, so the job would stay for nobody.
        await jobs.destroy(job.id)
        throw thrown
      }
      return seeOther(reply, urlOf(job))
    },
  })

  route(app, '/async/:id', {
    GET: async (request, reply) => {
      const { parameters } = tapInput(request)
      const wait = parameters.single('WAIT')
      const phase = parameters.single('PHASE')
      const job =
        wait === undefined
          ? jobOf(request)
          : await jobs.waitForChange(
              jobId(request),
              readWait(wait),
              phase === undefined ? undefined : readPhase(phase),
              clientGone(reply),
            )
      return sendDocument(request, reply, 'text/xml', jobDocument(job, urlOf(job), jobs.queuePosition(job.id)))
    },
    POST: async (request, reply) => {
      const job = jobOf(request)
      const { parameters } = tapInput(request)
      if (parameters.single('ACTION')?.toUpperCase() === 'DELETE') {
        await jobs.destroy(job.id)
        return seeOther(reply, listUrl)
      }
      // DALI 1.2 §2.1: parameters are posted to /parameters, never to the job itself.
      throw new ForbiddenChange(`Only ACTION=DELETE can be posted here; parameters go to ${urlOf(job)}/parameters.`)
    },
    DELETE: async (request, reply) => {
      await jobs.destroy(jobId(request))
      return seeOther(reply, listUrl)
    },
  })

  route(app, '/async/:id/phase', {
    GET: (request, reply) => sendText(request, reply, jobOf(request).phase),
    POST: async (request, reply) => {
      const job = jobOf(request)
      const phase = (tapInput(request).parameters.single('PHASE') ?? '').toUpperCase()
      if (phase === 'ABORT') await jobs.abort(job.id)
      else {
        checkRun(phase)
        await jobs.start(job.id)
      }
      return seeOther(reply, urlOf(job))
    },
  })

  route(app, '/async/:id/executionduration', {
    GET: (request, reply) => sendText(request, reply, String(jobOf(request).executionSeconds)),
    POST: async (request, reply) => {
      const seconds = readSeconds(needed(tapInput(request).parameters, 'EXECUTIONDURATION'))
      return seeOther(reply, urlOf(await jobs.setExecutionSeconds(jobId(request), seconds)))
    },
  })

  route(app, '/async/:id/destruction', {
    GET: (request, reply) => sendText(request, reply, uwsTime(jobOf(request).destructionMs)),
    POST: async (request, reply) => {
      const moment = readMoment(needed(tapInput(request).parameters, 'DESTRUCTION'), 'DESTRUCTION') ?? 0
      const job = await jobs.setDestruction(jobId(request), new Date(moment))
      return seeOther(reply, urlOf(job))
    },
  })

  route(app, '/async/:id/quote', {
    GET: (request, reply) => {
      const quote = quoteMs(jobOf(request))
      return sendText(request, reply, quote === undefined ? '' : uwsTime(quote))
    },
  })
  // Nobody logs in, so nobody owns a job.
  route(app, '/async/:id/owner', {
    GET: (request, reply) => {
      jobOf(request)
      return sendText(request, reply, '')
    },
  })

  route(app, '/async/:id/parameters', {
    GET: (request, reply) => sendDocument(request, reply, 'text/xml', parametersDocument(jobOf(request))),
    POST: async (request, reply) => {
      const job = await jobs.addParameters(jobId(request), tapInput(request))
      return seeOther(reply, urlOf(job))
    },
  })

  route(app, '/async/:id/results', {
    GET: (request, reply) =>
      sendDocument(request, reply, 'text/xml', resultsDocument(jobOf(request), urlOf(jobOf(request)))),
  })
  route(app, '/async/:id/results/result', {
    GET: async (request, reply) => {
      const { id, result } = jobOf(request)
      const bytes = jobs.readResult(id)
      if (result?.extension !== undefined)
        reply.header('content-disposition', `inline; filename="${id}.${result.extension}"`)
      return sendChunks(request, reply, {
        contentType: result?.mediaType ?? votable.mediaType,
        chunks: bytes,
        compressed: result?.extension === 'parquet',
      })
    },
  })

  route(app, '/async/:id/error', {
    GET: (request, reply) => {
      const { id, error, phase } = jobOf(request)
      if (error === undefined) throw new RegistryError('not-found', `Job ${id} has no error: its phase is ${phase}.`)
      // DALI 1.2 §5.2: the error document of a job is delivered with 200.
      return sendDocument(request, reply, votable.mediaType, votable.error?.(error.message) ?? error.message)
    },
  })
}

function route(
  app: FastifyInstance,
  path: string,
  handlers: Partial<Record<'GET' | 'POST' | 'DELETE', Handler>>,
): void {
  const methods = (['GET', 'POST', 'DELETE'] as const).filter((method) => handlers[method] !== undefined)
  for (const url of spellings(path)) {
    for (const method of methods) {
      const handler = handlers[method]
      if (handler !== undefined) app.route({ method: method === 'GET' ? ['GET', 'HEAD'] : method, url, handler })
    }
  }
  onlyMethods(app, path, methods.includes('GET') ? ['HEAD', ...methods] : methods)
}

function jobId(request: FastifyRequest): string {
  const { params } = request
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''
}

function sendText(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  return sendDocument(request, reply, 'text/plain;charset=utf-8', text)
}

function needed(parameters: Parameters, name: string): string {
  const value = parameters.single(name)
  if (value === undefined) throw new RegistryError('usage', `The parameter ${name} is missing.`)
  return value
}

function checkRun(phase: string): void {
  if (phase.toUpperCase() !== 'RUN') {
    throw new RegistryError('usage', `PHASE "${phase.slice(0, 60)}" cannot be set; expected RUN or ABORT.`)
  }
}

function readSeconds(text: string): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw new RegistryError(
    'usage',
    `EXECUTIONDURATION "${text.slice(0, 60)}" is not a whole number of seconds from 0 on.`,
  )
}

function readWait(text: string): number {
  if (/^-?\d{1,9}$/.test(text.trim())) return Number(text)
  throw new RegistryError(
    'usage',
    `WAIT "${text.slice(0, 60)}" is not a number of seconds; -1 waits as long as the server allows.`,
  )
}
