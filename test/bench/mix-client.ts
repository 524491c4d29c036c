// Process: one of several registry clients. Told whom to ask, it asks until its time is over and gives the times.

import { mixClient } from './measure.js'
import type { MixAssignment, MixReport } from './mix-clients.js'
import { queryClasses, taskOf } from './queries.js'
import { tapClient } from './tap-client.js'

function report(news: MixReport): void {
  process.send?.(news)
}

process.once('message', async ({ baseUrl, ivoids, number, clients, seconds }: MixAssignment) => {
  await using client = tapClient(baseUrl, 1)
  const tasks = queryClasses(ivoids)
    .filter(({ weight }) => weight > 0)
    .map((one) => taskOf(one, client))
  report({ times: await mixClient(tasks, { number, clients }, seconds) })
  process.disconnect()
})
report('ready')
