import {
  type Family,
  type FamilyRecord,
  type FamilyStore,
  type NewFamily,
  type Rotation,
  type RotationResult,
  StoreUnavailableError,
} from '@latchkey/session'
import { ServerTime, toStoredText } from '@latchkey/session/store-kit'
import {
  endFamilies,
  endFamily,
  forgetFamily,
  listFamilies,
  readFamily,
  rotateFamily,
  startFamily,
} from './family-scripts.js'
import type { Keys } from './keys.js'
import { familyRecord, list, number, text } from './replies.js'
import type { Script } from './script.js'

/** Seconds after which a rotation is not carried out any more: whoever asked for it has been told so. */
const patience = 3

/** Runs a script with the present as its first argument. */
export type Run = (script: Script, keys: readonly string[], ...values: readonly (string | number)[]) => Promise<unknown>

/** The families, each in a hash of its own. */
export function redisFamilyStore(run: Run, keys: Keys): FamilyStore {
  const time = new ServerTime()

  async function start({
    id,
    sub,
    clientId,
    scope,
    claims,
    current,
    tagKey,
    idleTtl,
    absoluteTtl,
  }: NewFamily): Promise<Family> {
    const stored = ['sub', toStoredText(sub), 'scope', JSON.stringify(scope), 'claims', JSON.stringify(claims)]
    if (clientId !== undefined) stored.push('clientId', toStoredText(clientId))
    stored.push('current', current, 'tagKey', tagKey)
    const reply = await run(
      startFamily,
      [keys.family(id), keys.subject(toStoredText(sub))],
      id,
      idleTtl,
      absoluteTtl,
      ...stored,
    )
    const [startedAt, expiresAt, absoluteEnd] = list(reply).map(number)
    if (startedAt === undefined || expiresAt === undefined || absoluteEnd === undefined) throw new TypeError(incomplete)
    const client = clientId === undefined ? {} : { clientId }
    return { id, sub, ...client, scope, claims, startedAt, expiresAt, absoluteEnd }
  }

  async function read(id: string): Promise<FamilyRecord | null> {
    const [serverTime, family] = list(await run(readFamily, [keys.family(id)]))
    time.learn(number(serverTime))
    return family === null ? null : familyRecord(id, family)
  }

  async function rotate(rotation: Rotation): Promise<RotationResult> {
    const began = performance.now()
    for (;;) {
      const [outcome, ...details] = await tryRotate(rotation, time.in(patience))
      if (outcome !== 'late') return resultOf(rotation.id, text(outcome), details)
      // Late by an estimate of the server's clock that was wrong; it is right now.
      if (performance.now() - began > patience * 1000) throw new StoreUnavailableError()
    }
  }

  async function tryRotate(rotation: Rotation, notAfter: number | undefined): Promise<readonly unknown[]> {
    const { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, grant } = rotation
    const granted = grant === undefined ? [] : [JSON.stringify(grant.scope), JSON.stringify(grant.claims)]
    const step = [presented, successor, sealedSuccessor, reuseGrace, idleTtl, notAfter ?? '', ...granted]
    const [serverTime, ...answer] = list(await run(rotateFamily, [keys.family(id), keys.successor(id)], ...step))
    time.learn(number(serverTime))
    return answer
  }

  async function end(id: string): Promise<boolean> {
    const sub = await run(endFamily, [keys.family(id), keys.successor(id)])
    if (sub === null) return false
    // It has ended. That it stands in the index a while longer, should this fail, does nothing.
    await run(forgetFamily, [keys.subject(text(sub))], id).catch(ignoreUnavailable)
    return true
  }

  /** Runs a script over all families of a subject, whose keys are known only once it was run. */
  async function overSubject(
    script: Script,
    sub: string,
    keysOf: (id: string) => readonly string[],
  ): Promise<readonly unknown[]> {
    const index = keys.subject(toStoredText(sub))
    let ids: readonly string[] = []
    for (;;) {
      const [state, result] = list(await run(script, [index, ...ids.flatMap(keysOf)], ...ids))
      if (text(state) === 'done') return list(result)
      ids = list(result).map(text)
    }
  }

  return {
    start,
    read,
    rotate,
    end,
    endAll: async (sub) =>
      (await overSubject(endFamilies, sub, (id) => [keys.family(id), keys.successor(id)])).map(text),
    list: async (sub) =>
      (await overSubject(listFamilies, sub, (id) => [keys.family(id)])).map((found) => {
        const [id, family] = list(found)
        return familyRecord(text(id), family).family
      }),
  }
}

const incomplete = 'A script of the session store has left something out.'

function resultOf(id: string, outcome: string, [first, second]: readonly unknown[]): RotationResult {
  switch (outcome) {
    case 'rotated':
      return { outcome, family: familyRecord(id, first).family }
    case 'repeated':
      return { outcome, family: familyRecord(id, first).family, sealedSuccessor: text(second) }
    case 'mismatch':
      return { outcome, tagKey: text(first) }
    default:
      return { outcome: 'unknown' }
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error
}
