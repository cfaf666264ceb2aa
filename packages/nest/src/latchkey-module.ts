import { ConfigError } from '@latchkey/core'
import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common'
import { type MiddlewareBuilder, ModulesContainer } from '@nestjs/core'
import { LatchkeyGuard, type PlatformAuth, platform } from './latchkey-guard.js'
import { documentControllers } from './openapi.js'

/** Provides the guard of the decorators, everywhere in the app. */
@Module({})
export class LatchkeyModule implements NestModule {
  constructor(
    @Inject(platform) private readonly auth: PlatformAuth,
    @Inject(ModulesContainer) all: ModulesContainer,
  ) {
    documentControllers(auth, all)
  }

  /**
   * Makes the module for the `imports` of the app's module.
   *
   * @param auth what `expressAuth` or `fastifyAuth` returned, for the platform that the app runs on
   * @throws ConfigError if `auth` is neither
   */
  static forRoot(auth: PlatformAuth): DynamicModule {
    if (typeof auth?.requireAuth !== 'function')
      throw new ConfigError('LatchkeyModule.forRoot: give it what expressAuth or fastifyAuth gave.')
    const providers = [LatchkeyGuard, { provide: platform, useValue: auth }]
    return { module: LatchkeyModule, global: true, providers, exports: providers }
  }

  /**
   * Registers Fastify's plugin. Nest calls this before it adds the routes.
   *
   * @throws ConfigError, as a rejection, if the guards are for another platform than the one that the app runs on
   */
  async configure(builder: MiddlewareBuilder): Promise<void> {
    const { plugin } = this.auth
    const name = builder.getHttpAdapter().getType()
    if ((name === 'fastify') !== (plugin !== undefined)) {
      throw new ConfigError(`LatchkeyModule.forRoot: this app runs on ${name}; give it what ${name}Auth gave.`)
    }
    if (plugin !== undefined) await builder.getHttpAdapter().getInstance().register(plugin)
  }
}
