import type { Auth } from '@latchkey/core'
import { CurrentAuth, RequireAuth } from '@latchkey/nest'
import type { Login } from '@latchkey/session'
import { Controller, Delete, Get, Param, Post, Req, Res, type Type } from '@nestjs/common'
import { readText } from './answers.js'
import type { Contract } from './config.js'
import { endDevice, listDevices, readForm } from './devices.js'
import type { Platform } from './nest.js'

/** The session verbs of the Express or the Fastify platform. */
export interface Verbs {
  start(response: object, login: Login, options?: Options): Promise<void>
  refresh(request: object, response: object): Promise<void>
  bind(request: object, response: object): Promise<void>
  end(request: object, response: object): Promise<void>
  end(request: object, response: object, options: Options): Promise<void>
  endAll(request: object, response: object): Promise<void>
  jwks(request: object, response: object): Promise<void>
  readJson(request: object): Promise<unknown>
}

interface Options {
  readonly redirect: string
}

/** The session routes, as controllers. */
export function sessionRoutesOf(contract: Contract, platform: Platform, session: Verbs): Type[] {
  const routes = [verbsOf(session), devicesOf(contract, platform)]
  return contract.hasForms ? [...routes, formsOf(platform, session)] : routes
}

function verbsOf(session: Verbs): Type {
  @Controller()
  class SessionRoutes {
    @Post('session')
    async start(@Req() request: object, @Res() response: object): Promise<void> {
      await session.start(response, (await session.readJson(request)) as Login)
    }

    @Post('session/refresh')
    refresh(@Req() request: object, @Res() response: object): Promise<void> {
      return session.refresh(request, response)
    }

    @Post('session/device')
    bind(@Req() request: object, @Res() response: object): Promise<void> {
      return session.bind(request, response)
    }

    @Delete('session')
    end(@Req() request: object, @Res() response: object): Promise<void> {
      return session.end(request, response)
    }

    @Delete('session/all')
    endAll(@Req() request: object, @Res() response: object): Promise<void> {
      return session.endAll(request, response)
    }

    @Get('.well-known/jwks.json')
    jwks(@Req() request: object, @Res() response: object): Promise<void> {
      return session.jwks(request, response)
    }
  }
  return SessionRoutes
}

function devicesOf(contract: Contract, { send }: Platform): Type {
  @Controller('sessions')
  @RequireAuth()
  class Devices {
    @Get()
    async list(@CurrentAuth() auth: Auth, @Res() response: never): Promise<void> {
      send(response, await listDevices(contract, auth))
    }

    @Delete(':id')
    async end(@CurrentAuth() auth: Auth, @Param('id') id: string, @Res() response: never): Promise<void> {
      send(response, await endDevice(contract, auth, id))
    }
  }
  return Devices
}

function formsOf({ raw }: Platform, session: Verbs): Type {
  @Controller('form')
  class Forms {
    @Post('log-in')
    async logIn(@Req() request: never, @Res() response: object): Promise<void> {
      const { login, redirect } = readForm(await readText(raw(request)))
      await session.start(response, login, { redirect })
    }

    @Post('log-out')
    async logOut(@Req() request: never, @Res() response: object): Promise<void> {
      const { redirect } = readForm(await readText(raw(request)))
      await session.end(request, response, { redirect })
    }
  }
  return Forms
}
