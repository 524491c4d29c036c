// A web server for one folder, as snapshots are put on one: with ETags, and with everything that can go wrong.
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface SnapshotHost {
  /** `http://127.0.0.1:PORT/NAME`. */
  address(name: string): string
  /** Statuses answered, by path. */
  readonly answered: string[]
  /** Answers in place of the usual; undefined leaves it to the usual. */
  intervene: ((path: string, response: ServerResponse) => boolean) | undefined
  close(): Promise<void>
}

export async function openSnapshotHost(folder: string): Promise<SnapshotHost> {
  const answered: string[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname
    response.once('finish', () => answered.push(`${response.statusCode} ${path}`))
    if (host.intervene?.(path, response) === true) return
    const file = join(folder, path)
    const state = statSync(file, { throwIfNoEntry: false })
    if (state === undefined) {
      response.writeHead(404).end()
      return
    }
    const etag = `"${state.mtimeMs}-${state.size}"`
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
    else if (path.endsWith('.json')) response.writeHead(200, { etag }).end(readFileSync(file))
    else {
      response.writeHead(200, { etag, 'content-length': state.size })
      createReadStream(file).pipe(response)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host: SnapshotHost = {
    address: (name) => `http://127.0.0.1:${port}/${name}`,
    answered,
    intervene: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return host
}
