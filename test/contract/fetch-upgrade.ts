import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerUpgrade } from '@latchkey/core/adapter'
import type { NodePlatform, Receive } from './fetch-sockets.js'
import type { FetchApp } from './listen.js'
import { attend, createSocketServer, type UpgradeListener } from './socket-server.js'

/** Asks an app whether to accept an upgrade on Node. Unless it accepts, its response is sent. */
export function fetchUpgrade({ fetch }: FetchApp): UpgradeListener {
  const sockets = createSocketServer()

  async function decide(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let accepted: Receive | undefined
    const accept = (receive: Receive): void => {
      accepted = receive
    }
    const answer = await fetch(requestOf(incoming), { accept } satisfies NodePlatform)
    const receive = accepted
    if (receive === undefined) {
      const { status, headers, body } = answer ?? new Response(null, { status: 500 })
      await answerUpgrade(socket, { status, headers, body: await new Response(body).text() })
      return
    }
    sockets.handleUpgrade(incoming, socket, head, (opened) => attend(opened, receive(opened)))
  }

  return (incoming, socket, head) => {
    // Without a listener, a connection that the client resets would end the process.
    socket.on('error', () => socket.destroy())
    void decide(incoming, socket, head)
  }
}

function requestOf({ url, headers, rawHeaders, socket }: IncomingMessage): Request {
  const pairs = rawHeaders.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [],
  )
  return new Request(`${'encrypted' in socket ? 'https' : 'http'}://${headers.host}${url}`, { headers: pairs })
}
