// The answer to a look-up → one sentence, plain text, JSON.
import { addressLimitCharacters } from '../registry/moves-address.js'
import type { MoveAnswer, MoveStep } from '../registry/moves-lookup.js'

/** One sentence for people: what happened to the address. */
export function moveSentence(answer: MoveAnswer): string {
  switch (answer.status) {
    case 'moved':
      return `This address has moved${closedWords(answer.steps)}.`
    case 'successor':
      return `This address is gone${closedWords(answer.steps)}. The service that took its place speaks another version of the protocol, so requests have to be rewritten.`
    case 'gone':
      return `No replacement is known for this address${closedWords(answer.steps)}.`
    case 'mistake':
      return answer.newUrl === null
        ? 'This never was the address of a service.'
        : 'This never was the address of a service; the one below is probably meant.'
    case 'present':
      return 'This address is in use; nothing has to be changed.'
    case 'unknown':
      return 'Nothing is known about this address here.'
    case 'not-an-address':
      if (answer.url.length > addressLimitCharacters)
        return `This is longer than ${addressLimitCharacters} characters; no service has such an address. Leave out what stands behind the ?.`
      return 'This is no web address. Expected something like http://host/path; identifiers (ivo://…) never move.'
  }
}

function closedWords(steps: readonly MoveStep[]): string {
  const closed = steps[0]?.closed
  return closed === null || closed === undefined ? '' : `; it was closed on ${closed}`
}

/** For shells: the new address alone on the first line if there is one, then everything else as `#` lines. */
export function moveText(answer: MoveAnswer): string {
  const notes = [
    moveSentence(answer),
    ...(answer.ivoid === null ? [] : [`identifier: ${answer.ivoid}`]),
    ...answer.steps.flatMap((step) => (step.note === null ? [] : [step.note])),
    ...answer.changes.map(
      (change) =>
        `${change.what}: ${change.former ?? '(new)'} -> ${change.present ?? '(none)'}${change.note === null ? '' : `; ${change.note}`}`,
    ),
  ]
  const comments = notes.flatMap((note) => note.split('\n')).map((line) => `# ${line}`.trimEnd())
  return `${[...(answer.newUrl === null ? [] : [answer.newUrl]), ...comments].join('\n')}\n`
}

/** For programs. Names and meanings stay as they are; new ones may be added. */
export function moveJson(answer: MoveAnswer): string {
  const { url, status, newUrl, accessUrl, ivoid, title, steps, changes } = answer
  const document = {
    url,
    status,
    newUrl,
    accessUrl,
    ivoid,
    title,
    message: moveSentence(answer),
    steps: steps.map((step) => ({
      from: step.from,
      to: step.to,
      closed: step.closed,
      announced: step.move?.announced ?? null,
      move: step.move?.moveId ?? null,
      note: step.note,
    })),
    changes: changes.map(({ what, former, present, note }) => ({ what, former, present, note })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
