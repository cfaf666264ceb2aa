import { answerUpgrade, type UpgradeSocket, upgradeOf } from '@latchkey/core/adapter'
import type { Context } from 'hono'
import { bindingsOf } from './hono-request-view.js'

/**
 * Hands a refusal on. On Node it answers a request for an upgrade itself, since node-server would send the fields of a response and
 * drop its body. It waits until the connection is closed: then node-server leaves it alone.
 */
export async function overUpgrade(c: Context, refusal: Response): Promise<Response> {
  const socket = upgradeOf(bindingsOf(c))?.socket
  if (!isConnection(socket)) return refusal
  const { status, headers, body } = refusal
  await answerUpgrade(socket, { status, headers, body: await new Response(body).text() })
  return new Response(null, { status, headers })
}

function isConnection(socket: unknown): socket is UpgradeSocket {
  return typeof socket === 'object' && socket !== null && 'destroyed' in socket && 'end' in socket
}
