import { answerUpgrade, type UpgradeSocket, upgradeOf } from '@latchkey/core/adapter'
import type { Context } from 'hono'
import { bindingsOf } from './hono-request-view.js'

/**
 * Returns a refusal. On Node it first answers a request for an upgrade itself, because node-server would send the fields of the
 * response without the body. It waits until the connection is closed; then node-server does not write to it.
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
