import { answerUpgrade, type UpgradeSocket } from '@latchkey/core/adapter'
import type { Context } from 'hono'
import { incomingOf } from './hono-request-view.js'

/**
 * Hands a refusal on. On Node what asks for an upgrade is answered here: node-server would send the fields of a response and
 * drop its body. It leaves a connection alone that is closed, so this waits for that.
 */
export async function overUpgrade(c: Context, refusal: Response | Promise<Response>): Promise<Response> {
  const socket = upgradeSocketOf(c)
  if (socket === undefined) return refusal
  const { status, headers, body } = await refusal
  await answerUpgrade(socket, { status, headers, body: await new Response(body).text() })
  return new Response(null, { status, headers })
}

/** Node has a response ready for any request but for one that asks for an upgrade. */
function upgradeSocketOf(c: Context): UpgradeSocket | undefined {
  if ((c.env as { readonly outgoing?: unknown } | undefined)?.outgoing !== undefined) return undefined
  const socket = incomingOf(c)?.socket
  return isConnection(socket) ? socket : undefined
}

function isConnection(socket: unknown): socket is UpgradeSocket {
  return typeof socket === 'object' && socket !== null && 'destroyed' in socket && 'end' in socket
}
