import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import awsLambdaFastify from '@fastify/aws-lambda'
import type { Context } from 'aws-lambda'
import { handle } from 'hono/aws-lambda'
import { defineWebSocketHelper } from 'hono/ws'
import type { Contract } from './config.js'
import { fastifyApp } from './fastify.js'
import { honoApp } from './hono.js'
import { type GatewayRequest, readGatewayRequest } from './lambda-events.js'
import { type Listening, listen } from './listen.js'

/** What AWS calls: with an event, and a context that nobody here looks at. */
type Invoke = (event: object) => Promise<Answer>

/** What a shim answers, in either version. */
interface Answer {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  readonly multiValueHeaders?: Readonly<Record<string, string[]>> | undefined
  readonly cookies?: string[]
  readonly body: string
  readonly isBase64Encoded?: boolean
}

const shims = {
  hono: async (contract: Contract): Promise<Invoke> => {
    // A gateway has another service for sockets.
    const noSockets = defineWebSocketHelper(() => {})
    const invoke = handle(honoApp(contract, noSockets))
    return (event) => invoke(event as Parameters<typeof invoke>[0])
  },
  fastify: async (contract: Contract): Promise<Invoke> => {
    const invoke = awsLambdaFastify(await fastifyApp(contract, { trustProxy: true }))
    return (event) => invoke(event, {} as Context)
  },
}

/** The contract server behind a gateway of AWS: each request is an event for a framework's Lambda shim. */
export function serveLambda(shim: keyof typeof shims, eventOf: (request: GatewayRequest) => object) {
  return async (contract: Contract, port: number): Promise<Listening> => {
    const invoke = await shims[shim](contract)
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const taken = overHttps(await readGatewayRequest(request))
      const { statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded } = await invoke(eventOf(taken))
      for (const [name, value] of Object.entries({ ...headers, ...multiValueHeaders })) response.setHeader(name, value)
      if (cookies !== undefined) response.setHeader('set-cookie', cookies)
      response.writeHead(statusCode).end(Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'))
    }
    return listen(
      createServer((request, response) => {
        answer(request, response).catch((error: unknown) => {
          console.error(error)
          response.writeHead(502).end()
        })
      }),
      port,
    )
  }
}

/**
 * Swaps http and https in the field `Origin`. The clients of a gateway speak https to it, but the suite speaks http to this
 * server: so its own pages are of http, where a gateway's are of https.
 */
function overHttps(request: GatewayRequest): GatewayRequest {
  const host = request.fields.find(([name]) => name.toLowerCase() === 'host')?.[1]
  const [plain, secure] = [`http://${host}`, `https://${host}`]
  const turned = new Map([
    [plain, secure],
    [secure, plain],
  ])
  return {
    ...request,
    fields: request.fields.map(([name, value]) => [
      name,
      name.toLowerCase() === 'origin' ? (turned.get(value) ?? value) : value,
    ]),
  }
}
