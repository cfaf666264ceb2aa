import 'reflect-metadata'
import { securitySchemesOf } from '@latchkey/core/openapi'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { LatchkeyModule, OptionalAuth, RequireAuth, RequireSameOrigin } from '@latchkey/nest'
import { Controller, Delete, Get, HttpCode, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { expect, test } from 'vitest'
import { compare, verifier } from './compare.js'

@Controller()
class Open {
  @Get('public')
  anything(): object {
    return {}
  }

  @Post('form')
  @HttpCode(200)
  @RequireSameOrigin()
  form(): object {
    return {}
  }

  @Get('greeting')
  @OptionalAuth({ scope: 'greet' })
  greeting(): object {
    return {}
  }
}

/** What a method says takes the place of what its controller says. */
@Controller('posts')
@RequireAuth({ scope: 'admin' })
class Posts {
  @Delete(':id')
  remove(): object {
    return {}
  }

  @Get()
  @RequireAuth()
  list(): object {
    return {}
  }

  @Post()
  @HttpCode(200)
  @RequireAuth({ anyScope: 'posts:write posts:admin', role: 'editor' })
  @RequireSameOrigin()
  create(): object {
    return {}
  }

  @Get('mine')
  @RequireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' })
  mine(): object {
    return {}
  }

  @Get('strong')
  @RequireAuth({ acr: 'mfa', maxAuthAge: 300 })
  strong(): object {
    return {}
  }
}

const platforms = [
  { name: 'Express', auth: expressAuth({ verifier }), adapter: () => new ExpressAdapter() },
  { name: 'Fastify', auth: fastifyAuth({ verifier }), adapter: () => new FastifyAdapter() },
]

test.each(platforms)('Nest on $name: the document says of every operation what the server does', async (platform) => {
  @Module({ imports: [LatchkeyModule.forRoot(platform.auth)], controllers: [Open, Posts] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, platform.adapter(), { logger: false })
  const builder = new DocumentBuilder()
  for (const [name, scheme] of Object.entries(securitySchemesOf(verifier))) builder.addSecurity(name, scheme)
  await app.listen(0, '127.0.0.1')
  const url = await app.getUrl()
  const document = { ...SwaggerModule.createDocument(app, builder.build()) }
  const answers = await compare(document, (path, init) => fetch(`${url}${path}`, init)).finally(() => app.close())
  expect(answers).toEqual({
    'GET /public': { nobody: 200, tooLittle: 200 },
    'POST /form': { nobody: 200, tooLittle: 200 },
    'GET /greeting': { nobody: 200, tooLittle: 403 },
    'DELETE /posts/{id}': { nobody: 401, tooLittle: 403 },
    'GET /posts': { nobody: 401, tooLittle: 200 },
    'POST /posts': { nobody: 401, tooLittle: 403 },
    'GET /posts/mine': { nobody: 401, tooLittle: 403 },
    'GET /posts/strong': { nobody: 401, tooLittle: 401 },
  })
})
