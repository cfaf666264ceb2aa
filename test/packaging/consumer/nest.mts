// What an app on Nest 11 writes, on both platforms. The packaging test compiles and runs it as an ES module and, under the name
// nest.cts, as CommonJS.
import 'reflect-metadata'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type Auth, createVerifier, protectedResource } from '@latchkey/core'
import { securitySchemesOf } from '@latchkey/core/openapi'
import { type ExpressAuth, expressAuth } from '@latchkey/express'
import { type FastifyAuth, fastifyAuth } from '@latchkey/fastify'
import { CurrentAuth, gatewayGuard, LatchkeyModule, OptionalAuth, RequireAuth, RequireSameOrigin } from '@latchkey/nest'
import { Controller, Get, type INestApplication, Module, Post } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { WsAdapter } from '@nestjs/platform-ws'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { WebSocketGateway } from '@nestjs/websockets'
import { WebSocket } from 'ws'

const [secret = '', token = ''] = process.argv.slice(2)
const verifier = createVerifier({
  issuer: 'https://id.example',
  audience: 'https://api.example',
  secret,
  resource: protectedResource({ resource: 'https://api.example' }),
})
const bearer = { authorization: `Bearer ${token}` }
let checks = 0

@Controller()
@RequireAuth()
class Posts {
  @Get('me')
  me(@CurrentAuth() auth: Auth): object {
    return { sub: auth.claims.sub }
  }

  @Get('greeting')
  @OptionalAuth()
  greeting(@CurrentAuth() auth: Auth | null): object {
    return { sub: auth?.claims.sub ?? 'nobody' }
  }

  @Post('posts')
  @RequireAuth({ scope: 'posts:write' })
  create(): object {
    return {}
  }

  @Post('form')
  @OptionalAuth()
  @RequireSameOrigin()
  form(): object {
    return {}
  }

  @Get('checked')
  @RequireAuth({ check: () => ++checks > 0 })
  checked(): object {
    return { sub: `${checks}` }
  }
}

async function start(adapter: AbstractHttpAdapter, auth: ExpressAuth | FastifyAuth): Promise<INestApplication> {
  @WebSocketGateway({ path: '/chat', verifyClient: gatewayGuard(auth) })
  class Chat {
    handleConnection(socket: WebSocket, request: IncomingMessage): void {
      socket.send(auth.getAuth(request).claims.sub ?? '')
    }
  }
  @Module({ imports: [LatchkeyModule.forRoot(auth)], controllers: [Posts], providers: [Chat] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter, { logger: false })
  if ('plugin' in auth) adapter.getInstance().addHook('onRequest', auth.resourceMetadata())
  else app.use(auth.resourceMetadata())
  return app
    .useWebSocketAdapter(new WsAdapter(app))
    .listen(0, '127.0.0.1')
    .then(() => app)
}

/** What the routes and the gateway of an app answer. */
async function answersOf(app: INestApplication): Promise<object> {
  const url = await app.getUrl()
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(url + path, { method, headers })
    const { code, resource, sub } = (await response.json()) as Record<string, string>
    return [response.status, code ?? resource ?? sub].join(' ').trim()
  }
  checks = 0
  return {
    required: [await ask('/me'), await ask('/me', bearer)],
    optional: [await ask('/greeting'), await ask('/greeting', bearer)],
    scope: await ask('/posts', bearer, 'POST'),
    otherOrigin: await ask('/form', { 'sec-fetch-site': 'cross-site' }, 'POST'),
    sameOrigin: await ask('/form', { 'sec-fetch-site': 'same-origin' }, 'POST'),
    checks: await ask('/checked', bearer),
    metadata: await ask('/.well-known/oauth-protected-resource'),
    gateway: [await greetingOver(url, {}), await greetingOver(url, bearer)],
  }
}

/** The first message over a WebSocket, or why there is none. */
function greetingOver(url: string, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat`, { headers })
  return once(socket, 'message').then(
    ([message]) => String(message),
    ({ message }: Error) => message,
  )
}

/** Who may call each operation and how it answers, as the OpenAPI document of an app says. */
function documentOf(app: INestApplication): Record<string, unknown> {
  const builder = new DocumentBuilder()
  for (const [name, scheme] of Object.entries(securitySchemesOf(verifier))) builder.addSecurity(name, scheme)
  const { paths } = SwaggerModule.createDocument(app, builder.build())
  const operations = Object.entries(paths).map(([path, { get, post }]) => {
    const { security, responses = {} } = get ?? post ?? {}
    return [path, [security, ...Object.keys(responses)]]
  })
  return Object.fromEntries(operations)
}

async function main(): Promise<void> {
  const apps = {
    express: await start(new ExpressAdapter(), expressAuth({ verifier })),
    fastify: await start(new FastifyAdapter(), fastifyAuth({ verifier })),
  }
  const seen: Record<string, unknown> = {}
  for (const [platform, app] of Object.entries(apps)) {
    seen[platform] = { answers: await answersOf(app), document: documentOf(app) }
    await app.close()
  }
  process.stdout.write(JSON.stringify(seen))
}

void main()
