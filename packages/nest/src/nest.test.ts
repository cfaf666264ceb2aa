import 'reflect-metadata'
import { createHmac, randomBytes } from 'node:crypto'
import { type Auth, ConfigError, createVerifier, protectedResource } from '@latchkey/core'
import { securitySchemesOf } from '@latchkey/core/openapi'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { All, Controller, Get, type INestApplication, Next, Post, type Type } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { ExecutionContextHost } from '@nestjs/core/internal'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { Test } from '@nestjs/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CurrentAuth,
  gatewayGuard,
  LatchkeyGuard,
  LatchkeyModule,
  OptionalAuth,
  RequireAuth,
  RequireSameOrigin,
} from './index.js'

const secret = randomBytes(32)
const verifier = createVerifier({
  issuer: 'https://id.example',
  audience: 'api',
  secret,
  tokenFrom: ['header', { cookie: '__Host-access' }],
})

function tokenOf(claims: object): string {
  const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const all = { iss: 'https://id.example', aud: 'api', sub: 'alice', exp: Date.now() / 1000 + 600, ...claims }
  const signed = `${segment({ alg: 'HS256', typ: 'JWT' })}.${segment(all)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

@Controller()
@RequireAuth()
class Cats {
  @Get('me')
  me(@CurrentAuth() auth: Auth): object {
    return { sub: auth.claims.sub }
  }

  @Post('cats')
  @RequireAuth({ scope: 'cats:write' })
  create(@CurrentAuth() auth: Auth): object {
    return { by: auth.claims.sub }
  }

  @Get('greeting')
  @OptionalAuth()
  greeting(@CurrentAuth() auth: Auth | null): object {
    return { hello: auth?.claims.sub ?? 'stranger' }
  }

  @Post('hook')
  @RequireSameOrigin()
  hook(): object {
    return {}
  }
}

@Controller('open')
class Open {
  @Post('form')
  @RequireSameOrigin()
  form(): object {
    return {}
  }

  @Get('nobody')
  nobody(@CurrentAuth() auth: Auth): object {
    return auth
  }
}

/** A controller that answers whatever no other does. */
function catchAll(path: string): Type {
  @Controller()
  class Everything {
    @All(path)
    any(): object {
      return {}
    }
  }
  return Everything
}

const described = createVerifier({
  issuer: 'https://id.example',
  audience: 'api',
  secret,
  resource: protectedResource({ resource: 'https://api.example/v1:beta' }),
})

const describingExpress = expressAuth({ verifier: described })
const describingFastify = fastifyAuth({ verifier: described })

const platforms = [
  {
    name: 'Express',
    auth: expressAuth({ verifier }),
    describing: describingExpress,
    serveMetadata: (app: INestApplication) => void app.use(describingExpress.resourceMetadata()),
    other: fastifyAuth({ verifier }),
    adapter: () => new ExpressAdapter(),
    everything: '*path',
  },
  {
    name: 'Fastify',
    auth: fastifyAuth({ verifier }),
    describing: describingFastify,
    serveMetadata: (app: INestApplication) =>
      app.getHttpAdapter().getInstance().addHook('onRequest', describingFastify.resourceMetadata()),
    other: expressAuth({ verifier }),
    adapter: () => new FastifyAdapter(),
    everything: '*',
  },
]

describe.each(platforms)('on $name', ({ auth, describing, serveMetadata, other, adapter, everything }) => {
  let app: INestApplication
  let url: string

  async function start(guards: typeof auth, providers: object[] = [], others: Type[] = []): Promise<INestApplication> {
    const [imports, controllers] = [[LatchkeyModule.forRoot(guards)], [Cats, Open, ...others]]
    const testing = await Test.createTestingModule({ imports, controllers, providers: providers as [] }).compile()
    return testing.createNestApplication(adapter(), { logger: false })
  }

  beforeAll(async () => {
    app = await start(auth)
    await app.listen(0, '127.0.0.1')
    url = await app.getUrl()
  })
  afterAll(() => app.close())

  const ask = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init)
  const as = (claims: object = {}, method = 'GET') => ({
    method,
    headers: { authorization: `Bearer ${tokenOf(claims)}` },
  })

  test('lets a good token pass, and tells the method whose it is', async () => {
    const response = await ask('/me', as())
    expect([response.status, await response.json()]).toEqual([200, { sub: 'alice' }])
  })

  test('answers a refusal with the bytes of the platform below, once', async () => {
    const response = await ask('/me')
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ code: 'token_missing' })
  })

  test('the method says more than its controller', async () => {
    expect((await ask('/cats', as({}, 'POST'))).status).toBe(403)
    expect((await ask('/cats', as({ scope: 'cats:write' }, 'POST'))).status).toBe(201)
    expect(await (await ask('/greeting')).json()).toEqual({ hello: 'stranger' })
    expect(await (await ask('/greeting', as())).json()).toEqual({ hello: 'alice' })
    expect((await ask('/greeting', { headers: { authorization: 'Bearer x' } })).status).toBe(401)
  })

  test('asks where a request comes from, beside who is calling or alone', async () => {
    const post = (path: string, site: string, claims?: object) => {
      const { headers } = claims === undefined ? { headers: {} } : as(claims)
      return ask(path, { method: 'POST', headers: { 'sec-fetch-site': site, ...headers } })
    }
    expect((await post('/hook', 'cross-site', {})).status).toBe(403)
    expect((await post('/hook', 'same-origin')).status).toBe(401)
    expect((await post('/hook', 'same-origin', {})).status).toBe(201)
    expect((await post('/open/form', 'cross-site')).status).toBe(403)
    expect((await post('/open/form', 'same-origin')).status).toBe(201)
  })

  test('a method without a guard that asks who is calling is a mistake of the app', async () => {
    expect((await ask('/open/nobody', as())).status).toBe(500)
  })

  test('as guard of the whole app, it wants a token where nothing is said', async () => {
    const guarded = await start(auth, [{ provide: APP_GUARD, useExisting: LatchkeyGuard }])
    await guarded.listen(0, '127.0.0.1')
    const at = `${await guarded.getUrl()}/open/nobody`
    const statuses = [(await fetch(at)).status, (await fetch(at, as())).status]
    await guarded.close()
    expect(statuses).toEqual([401, 200])
  })

  test('asks once, however many decorators lead to it: a proof of possession is good only once', async () => {
    let asked = 0
    @Controller('once')
    @RequireSameOrigin()
    @RequireAuth()
    class Once {
      @Get()
      @RequireAuth({ check: () => ++asked > 0 })
      @RequireSameOrigin()
      once(): object {
        return {}
      }
    }
    const guarded = await start(auth, [{ provide: APP_GUARD, useExisting: LatchkeyGuard }], [Once])
    await guarded.listen(0, '127.0.0.1')
    const { status } = await fetch(`${await guarded.getUrl()}/once`, as())
    await guarded.close()
    expect([status, asked]).toEqual([200, 1])
  })

  test.each([
    ['a route for everything', ''],
    ['a prefix for everything', 'v1'],
  ])('serves the metadata of its resource beside %s', async (_, prefix) => {
    const imports = [LatchkeyModule.forRoot(describing)]
    const testing = await Test.createTestingModule({ imports, controllers: [Cats, catchAll(everything)] }).compile()
    const serving: INestApplication = testing.createNestApplication(adapter(), { logger: false })
    serveMetadata(serving)
    serving.setGlobalPrefix(prefix)
    await serving.listen(0, '127.0.0.1')
    const at = await serving.getUrl()
    const { path = '', body } = described.resourceMetadata ?? {}
    const [found, refused, other] = await Promise.all(
      [path, `/${prefix}/me`, `/${prefix}/other`].map((asked) => fetch(at + asked.replace('//', '/'))),
    )
    expect([found?.status, await found?.text()]).toEqual([200, body])
    expect(found?.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused?.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="https://api.example${path}"`)
    expect(other?.status).toBe(200)
    await serving.close()
  })

  test('is no guard of a gateway’s messages', async () => {
    const message = new ExecutionContextHost([], Cats, Cats.prototype.me)
    message.setType('ws')
    await expect(app.get(LatchkeyGuard).canActivate(message)).rejects.toThrow(/gatewayGuard/)
  })

  test('does not start with the guards of the other platform', async () => {
    const wrong = await start(other)
    await expect(wrong.init()).rejects.toThrow(ConfigError)
  })

  test('an OpenAPI document has the security of each operation', () => {
    const builder = new DocumentBuilder()
    for (const [name, scheme] of Object.entries(securitySchemesOf(verifier))) builder.addSecurity(name, scheme)
    const document = SwaggerModule.createDocument(app, builder.build())
    const cookie = 'cookie.__Host-access'
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual(['bearer', cookie])
    expect(document.paths['/me']?.get?.security).toEqual([{ bearer: [] }, { [cookie]: [] }])
    expect(document.paths['/greeting']?.get?.security).toEqual([{}, { bearer: [] }, { [cookie]: [] }])
    expect(document.paths['/open/nobody']?.get?.security).toBeUndefined()
    expect(Object.keys(document.paths['/me']?.get?.responses ?? {})).toEqual(['200', '400', '401'])
    const { post } = document.paths['/cats'] ?? {}
    expect(Object.keys(post?.responses ?? {})).toEqual(['201', '400', '401', '403'])
    expect(post?.responses['403']).toMatchObject({
      description: expect.stringContaining('cats:write'),
      content: {
        'application/problem+json': {
          schema: { properties: { code: { enum: ['origin_rejected', 'scope_insufficient'] } } },
        },
      },
    })
    expect(document.paths['/open/form']?.post?.security).toBeUndefined()
    expect(Object.keys(document.paths['/open/form']?.post?.responses ?? {})).toEqual(['201', '403'])
  })
})

test('asks again where the handler of one route hands the request on to another', async () => {
  @Controller()
  class Chain {
    @Get('chain')
    @OptionalAuth()
    first(@Next() next: () => void): void {
      next()
    }

    @Get('*path')
    @RequireAuth()
    second(): object {
      return {}
    }
  }
  const imports = [LatchkeyModule.forRoot(expressAuth({ verifier }))]
  const testing = await Test.createTestingModule({ imports, controllers: [Chain] }).compile()
  const app: INestApplication = testing.createNestApplication(new ExpressAdapter(), { logger: false })
  await app.listen(0, '127.0.0.1')
  const { status } = await fetch(`${await app.getUrl()}/chain`)
  await app.close()
  expect(status).toBe(401)
})

test('bad options are refused when the class is defined, and what is no adapter when the module is', () => {
  expect(() => RequireAuth({ scope: '' })).toThrow(ConfigError)
  expect(() => OptionalAuth({ scopes: 'a' } as never)).toThrow(ConfigError)
  expect(() => LatchkeyModule.forRoot({ verifier } as never)).toThrow(ConfigError)
  const { optionalAuth, ...auth } = expressAuth({ verifier })
  expect(() => gatewayGuard({ ...auth, optionalAuth }, optionalAuth())).toThrow('made with requireAuth')
})

test('decorators without parentheses throw when the class is defined: they would guard nothing', () => {
  const decorators = { RequireAuth, OptionalAuth, RequireSameOrigin }
  for (const [name, decorator] of Object.entries(decorators)) {
    const decorate = decorator as (...input: readonly unknown[]) => unknown
    const uses: readonly (readonly unknown[])[] = [
      [class {}],
      [{}, 'method', { value: () => {} }],
      [() => {}, { kind: 'method' }],
    ]
    for (const use of uses) expect(() => decorate(...use)).toThrow(new ConfigError(`${name}: write @${name}().`))
  }
})
