import { answerUpgrade, type UpgradeSocket } from '@latchkey/core/adapter'
import type { Context } from 'hono'
import { upgradeOf } from './hono-request-view.js'

/**
 * Hands a refusal on. On Node what asks for an upgrade is answered here: node-server would send the fields of a response and
 * drop its body. It leaves a connection alone that is closed, so this waits for that.
 */
export async function overUpgrade(c: Context, refusal: Response): Promise<Response> {
  const socket = upgradeOf(c)?.socket
  if (!isConnection(socket)) return refusal
  const { status, headers, body } = refusal
  await answerUpgrade(socket, { status, headers, body: await new Response(body).text() })
  return new Response(null, { status, headers })
}

function isConnection(socket: unknown): socket is UpgradeSocket {
  return typeof socket === 'object' && socket !== null && 'destroyed' in socket && 'end' in socket
}
