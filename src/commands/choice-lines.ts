// What clients would pick → lines for people: each record, each client, the address, and why.
import type { ClientChoice, ResourceChoices } from '../regtap/client-choices.js'

const outcomes: Readonly<Record<ClientChoice['outcome'], string>> = {
  picked: '',
  several: 'several: ',
  refused: 'an error, for there are ',
  none: 'nothing',
}

/** Clients that do the same for the same reason share a line. */
export function choiceLines(resources: readonly ResourceChoices[]): string {
  return resources.map(({ ivoid, choices }) => `\n${ivoid}\n${grouped(choices).map(linesOf).join('')}`).join('')
}

interface Group {
  readonly clients: string[]
  readonly choice: ClientChoice
}

function grouped(choices: readonly ClientChoice[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const choice of choices) {
    const key = JSON.stringify([choice.outcome, choice.accessUrls, choice.why])
    const group = groups.get(key) ?? { clients: [], choice }
    group.clients.push(choice.client)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function linesOf({ clients, choice }: Group): string {
  const what = `${outcomes[choice.outcome]}${choice.accessUrls.join(', ')}`
  const heads = clients.map((client, index) => `  ${client}${index === clients.length - 1 ? '' : '\n'}`).join('')
  return `${heads}\n    → ${what}${choice.why === '' ? '' : `\n      ${choice.why}`}\n`
}
