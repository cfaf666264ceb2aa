import 'reflect-metadata'
import { Readable } from 'node:stream'
import type {} from '@fastify/cookie'
import type { Auth } from '@latchkey/core'
import { type OnDeny as ExpressOnDeny, expressAuth } from '@latchkey/express'
import { type OnDeny as FastifyOnDeny, fastifyAuth } from '@latchkey/fastify'
import { CurrentAuth, LatchkeyModule, type PlatformAuth, RequireAuth } from '@latchkey/nest'
import type { Login, Sessions } from '@latchkey/session'
import type { AdapterApp, Refusals } from '@latchkey/testing/adapter-contract'
import {
  Controller,
  Delete,
  type DynamicModule,
  Get,
  Header,
  Module,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  StreamableFile,
  type Type,
} from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express, { type Response as ExpressResponse } from 'express'
import { type FastifyReply, fastify } from 'fastify'

/** The session verbs, as far as either platform has them alike. */
interface Verbs {
  start(response: never, login: Login): Promise<void>
  refresh(request: never, response: never): Promise<void>
  end(request: never, response: never): Promise<void>
  endAll(request: never, response: never): Promise<void>
}

/** The app of the adapter contract, on Nest over Express. */
export function serveNestExpress(sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: ExpressOnDeny = (error, _req, res) => res.status(418).send(onDeny?.(error))
  const auth = expressAuth({ sessions, ...(realm && { realm }), ...(onDeny && { onDeny: answer }) })
  const app = express()
  app.use((_req, res, next) => {
    res.set({ 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=60' })
    next()
  })
  app.use(auth.optionalAuth({ refresh: true }))
  app.use('/mounted', auth.session.routes)
  const setOwnCookies = (response: ExpressResponse) =>
    response.clearCookie('__Host-access', { path: '/', secure: true }).cookie('theme', 'dark')
  return serve(new ExpressAdapter(app), auth, routesOf(auth.session, setOwnCookies))
}

/** The same over Fastify. */
export async function serveNestFastify(sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: FastifyOnDeny = (error, _request, reply) => {
    const text = onDeny?.(error)
    return reply.code(418).send(text)
  }
  const auth = fastifyAuth({ sessions, ...(realm && { realm }), ...(onDeny && { onDeny: answer }) })
  const app = fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=60').header('cdn-cache-control', 'max-age=60')
  })
  await app.register(auth.plugin)
  app.addHook('onRequest', auth.optionalAuth({ refresh: true }))
  await app.register(auth.session.routes, { prefix: '/mounted' })
  const setOwnCookies = (reply: FastifyReply) =>
    reply.clearCookie('__Host-access', { path: '/', secure: true }).setCookie('theme', 'dark')
  return serve(new FastifyAdapter(app), auth, routesOf(auth.session, setOwnCookies))
}

async function serve(adapter: AbstractHttpAdapter, auth: PlatformAuth, controller: Type): Promise<AdapterApp> {
  @Module({})
  class App {}
  const module: DynamicModule = { module: App, imports: [LatchkeyModule.forRoot(auth)], controllers: [controller] }
  const app = await NestFactory.create(module, adapter, {
    logger: false,
    bodyParser: false,
    forceCloseConnections: true,
  })
  await app.listen(0, '127.0.0.1')
  return { url: await app.getUrl(), close: () => app.close() }
}

function routesOf(session: Verbs, setOwnCookies: (response: never) => unknown): Type {
  @Controller()
  class Routes {
    @Post('login')
    logIn(@Query('sub') sub: string, @Res() response: never): Promise<void> {
      return session.start(response, { sub })
    }

    @Post('session/refresh')
    refresh(@Req() request: never, @Res() response: never): Promise<void> {
      return session.refresh(request, response)
    }

    @Delete('session')
    end(@Req() request: never, @Res() response: never): Promise<void> {
      return session.end(request, response)
    }

    @Delete('session/all')
    endAll(@Req() request: never, @Res() response: never): Promise<void> {
      return session.endAll(request, response)
    }

    @Get('me')
    @RequireAuth()
    me(@CurrentAuth() { claims }: Auth): string | undefined {
      return claims.sub
    }

    @Get('page')
    @RequireAuth({ refresh: true })
    page(@CurrentAuth() { claims }: Auth): string | undefined {
      return claims.sub
    }

    @Get('public')
    @Header('cache-control', 'public')
    @Header('cdn-cache-control', 'max-age=60')
    @Header('surrogate-control', 'a')
    public(): string {
      return 'public'
    }

    @Get('stream')
    @Header('cache-control', 'public')
    stream(): StreamableFile {
      return new StreamableFile(Readable.from([Buffer.from('one'), Buffer.from('two')]))
    }

    @Get('redirect')
    @Redirect('/me')
    redirect(): void {}

    @Get('throws')
    throws(): never {
      throw new Error('thrown')
    }

    @Get('own-cookies')
    ownCookies(@Res({ passthrough: true }) response: never): string {
      setOwnCookies(response)
      return 'own'
    }

    @Get('raw-cookies')
    @Header('set-cookie', '__Host-refresh=own; Path=/; Secure')
    rawCookies(): string {
      return 'raw'
    }
  }
  return Routes
}
