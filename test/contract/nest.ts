import 'reflect-metadata'
import type { IncomingMessage } from 'node:http'
import type { Auth, UntypedClaims } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import {
  CurrentAuth,
  gatewayGuard,
  LatchkeyModule,
  OptionalAuth,
  type PlatformAuth,
  RequireAuth,
  RequireSameOrigin,
} from '@latchkey/nest'
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  type DynamicModule,
  Get,
  HttpException,
  Module,
  Post,
  Req,
  Res,
  type Type,
} from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { WsAdapter } from '@nestjs/platform-ws'
import { WebSocketGateway } from '@nestjs/websockets'
import express from 'express'
import type { WebSocket } from 'ws'
import {
  type Answer,
  events,
  failed,
  guarded,
  me,
  moveClock,
  notFound,
  optional,
  publicAnswer,
  readText,
  stats,
  upgradeRequired,
} from './answers.js'
import type { Contract } from './config.js'
import { makeExpress, send as sendExpress } from './express.js'
import { makeFastify, send as sendFastify } from './fastify.js'
import type { GuardedRoute } from './guards.js'
import { askingForCertificates, type Listening, listening } from './listen.js'
import { sessionRoutesOf, type Verbs } from './nest-sessions.js'
import { narrowUpgrades, receiveOver } from './socket-server.js'

/** What differs between the platforms. */
export interface Platform {
  readonly adapter: AbstractHttpAdapter
  readonly auth: PlatformAuth<UntypedClaims> & { readonly session?: Verbs }
  readonly raw: (request: never) => IncomingMessage
  readonly send: (response: never, answer: Answer) => unknown
}

/** The contract server on Nest over Express, listening. */
export function serveNestExpress(contract: Contract, port: number): Promise<Listening> {
  const { verifier, sessions } = contract
  const auth = sessions === undefined ? expressAuth({ verifier }) : expressAuth({ sessions })
  const app = makeExpress(express)
  if (verifier.resourceMetadata !== undefined) app.use(auth.resourceMetadata())
  const raw = (request: IncomingMessage) => request
  return serve(contract, port, { adapter: new ExpressAdapter(app), auth, raw, send: sendExpress })
}

/** The contract server on Nest over Fastify, listening. */
export function serveNestFastify(contract: Contract, port: number): Promise<Listening> {
  const { verifier, sessions } = contract
  const auth = sessions === undefined ? fastifyAuth({ verifier }) : fastifyAuth({ sessions })
  const app = makeFastify(contract.tls)
  if (verifier.resourceMetadata !== undefined) app.addHook('onRequest', auth.resourceMetadata())
  const raw = (request: { readonly raw: IncomingMessage }) => request.raw
  return serve(contract, port, { adapter: new FastifyAdapter(app), auth, raw, send: sendFastify })
}

async function serve(contract: Contract, port: number, platform: Platform): Promise<Listening> {
  const controllers = [routesOf(contract, platform)]
  controllers.push(...contract.guards.map((route) => guardedRouteOf(route, platform)))
  if (platform.auth.session !== undefined)
    controllers.push(...sessionRoutesOf(contract, platform, platform.auth.session))
  const module = moduleOf(contract, platform, controllers)
  const app = await NestFactory.create(module, platform.adapter, {
    logger: false,
    bodyParser: false,
    ...(contract.tls === undefined ? {} : { httpsOptions: askingForCertificates(contract.tls) }),
  })
  app.useGlobalFilters(new Failures(platform))
  app.useWebSocketAdapter(new WsAdapter(app))
  await app.init()
  narrowUpgrades(app.getHttpServer())
  await app.listen(port, '127.0.0.1')
  return listening(app.getHttpServer())
}

function moduleOf(contract: Contract, { auth }: Platform, controllers: Type[]): DynamicModule {
  @Module({})
  class ContractModule {}
  return {
    module: ContractModule,
    imports: [LatchkeyModule.forRoot(auth)],
    controllers,
    providers: [gatewayOf(contract, auth)],
  }
}

function gatewayOf({ verifier }: Contract, auth: Platform['auth']): Type {
  @WebSocketGateway({ path: '/socket', verifyClient: gatewayGuard(auth) })
  class Gateway {
    handleConnection(socket: WebSocket, request: IncomingMessage): void {
      receiveOver(socket, verifier, auth.getAuth(request as never))
    }
  }
  return Gateway
}

function routesOf(contract: Contract, { raw, send }: Platform): Type {
  @Controller()
  class Routes {
    @Get('public')
    public(@Res() response: never): void {
      send(response, publicAnswer)
    }

    @Post('same-origin')
    @RequireSameOrigin()
    sameOrigin(@Res() response: never): void {
      send(response, publicAnswer)
    }

    @All('me')
    @RequireAuth()
    me(@CurrentAuth() auth: Auth, @Res() response: never): void {
      send(response, me(auth))
    }

    @Get('optional')
    @OptionalAuth()
    optional(@CurrentAuth() auth: Auth | null, @Res() response: never): void {
      send(response, optional(auth))
    }

    @Get('read')
    @RequireAuth({ scope: 'read' })
    read(@CurrentAuth() auth: Auth, @Res() response: never): void {
      send(response, me(auth))
    }

    @Get('admin')
    @RequireAuth({ scope: ['read', 'admin'] })
    admin(@CurrentAuth() auth: Auth, @Res() response: never): void {
      send(response, me(auth))
    }

    @Get('socket')
    @RequireAuth()
    socket(@Res() response: never): void {
      send(response, upgradeRequired)
    }

    @Get('stats')
    stats(@Res() response: never): void {
      send(response, stats(contract))
    }

    @Get('events')
    events(@Res() response: never): void {
      send(response, events(contract))
    }

    @Post('clock')
    async clock(@Req() request: never, @Res() response: never): Promise<void> {
      send(response, moveClock(contract, await readText(raw(request))))
    }
  }
  return Routes
}

function guardedRouteOf({ path, isOptional, options }: GuardedRoute, { send }: Platform): Type {
  @Controller(path)
  @(isOptional ? OptionalAuth(options) : RequireAuth(options))
  class GuardedRoutes {
    @Get()
    get(@CurrentAuth() auth: Auth | null, @Res() response: never): void {
      send(response, guarded(auth))
    }

    @Post()
    post(@CurrentAuth() auth: Auth | null, @Res() response: never): void {
      send(response, guarded(auth))
    }
  }
  return GuardedRoutes
}

/** Turns Nest's own error responses into those of the other frameworks. */
@Catch()
class Failures {
  readonly #send: Platform['send']

  constructor({ send }: Platform) {
    this.#send = send
  }

  catch(error: unknown, host: ArgumentsHost): void {
    // There is no such path, or Express cannot decode it.
    const isUnknown = error instanceof HttpException && error.getStatus() < 500
    if (!isUnknown) console.error(error)
    this.#send(host.switchToHttp().getResponse<never>(), isUnknown ? notFound : failed)
  }
}
