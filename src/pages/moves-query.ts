// Rows of the tables of moves and of `rr` → what look-ups of former addresses need.
import { type MoveData, moveKinds } from '../registry/moves-lookup.js'
import { type RunQuery, text, textOrNull } from './catalog.js'

/** Everything about moves; small, and read once for each state of the data. */
export async function loadMoveData(run: RunQuery): Promise<MoveData> {
  const [addresses, moves, changes, present] = await Promise.all([
    run(
      'SELECT ivoid, standard_id, former_url, next_url, closed, kind, move_id, note ' +
        'FROM waymark.moved_access_url ORDER BY former_key, former_url',
    ),
    run(
      'SELECT move_id, title, announced, both_serve_from, closed, reason, forwarding FROM waymark.move ' +
        "ORDER BY COALESCE(closed, announced, '') DESC, move_id",
    ),
    run('SELECT move_id, ivoid, next_url, what, former, present, note FROM waymark.move_change'),
    run(
      'SELECT ivoid, res_title, access_url FROM rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface ' +
        "WHERE intf_role = 'std' AND standard_id NOT LIKE 'ivo://ivoa.net/std/vosi%' ORDER BY ivoid",
    ),
  ])
  return {
    addresses: addresses.map(([ivoid, standardId, formerUrl, nextUrl, closed, kind, moveId, note]) => ({
      ivoid: textOrNull(ivoid),
      standardId: textOrNull(standardId),
      formerUrl: text(formerUrl),
      nextUrl: textOrNull(nextUrl),
      closed: textOrNull(closed),
      kind: moveKinds.find((one) => one === kind) ?? 'service',
      moveId: textOrNull(moveId),
      note: textOrNull(note),
    })),
    moves: moves.map(([moveId, title, announced, bothServeFrom, closed, reason, forwarding]) => ({
      moveId: text(moveId),
      title: text(title),
      announced: textOrNull(announced),
      bothServeFrom: textOrNull(bothServeFrom),
      closed: textOrNull(closed),
      reason: textOrNull(reason),
      forwarding: textOrNull(forwarding),
    })),
    changes: changes.map(([moveId, ivoid, nextUrl, what, former, now, note]) => ({
      moveId: textOrNull(moveId),
      ivoid: textOrNull(ivoid),
      nextUrl: textOrNull(nextUrl),
      what: text(what),
      former: textOrNull(former),
      present: textOrNull(now),
      note: textOrNull(note),
    })),
    present: present.map(([ivoid, title, accessUrl]) => ({
      ivoid: text(ivoid),
      title: text(title),
      accessUrl: text(accessUrl),
    })),
  }
}
