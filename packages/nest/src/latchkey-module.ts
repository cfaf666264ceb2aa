import { ConfigError } from '@latchkey/core'
import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost, ModulesContainer, Reflector } from '@nestjs/core'
import { LatchkeyGuard, platformAuth } from './latchkey-guard.js'
import { documentControllers } from './openapi.js'
import type { PlatformAuth } from './platform-auth.js'

/** Provides the guard of the decorators, everywhere in the app. */
export class LatchkeyModule implements OnModuleInit {
  readonly #auth: PlatformAuth
  readonly #host: HttpAdapterHost

  constructor(auth: PlatformAuth, host: HttpAdapterHost, reflector: Reflector, modules: ModulesContainer) {
    this.#auth = auth
    this.#host = host
    documentControllers(auth, reflector, modules)
  }

  /**
   * Makes the module for the `imports` of the app's module.
   *
   * @param auth what `expressAuth` or `fastifyAuth` returned, for the platform that the app runs on
   * @throws ConfigError if it is neither
   */
  static forRoot(auth: PlatformAuth): DynamicModule {
    if (typeof auth?.requireAuth !== 'function') {
      throw new ConfigError('LatchkeyModule.forRoot: give it what expressAuth or fastifyAuth gave.')
    }
    const provider = { provide: platformAuth, useValue: auth }
    return {
      module: LatchkeyModule,
      global: true,
      providers: [provider, LatchkeyGuard],
      exports: [provider, LatchkeyGuard],
    }
  }

  /** @throws ConfigError, as a rejection, if the guards are for another platform than the one that the app runs on */
  async onModuleInit(): Promise<void> {
    const { httpAdapter } = this.#host
    // There is none in an app without HTTP, or in a test of a single provider.
    if (httpAdapter === undefined || httpAdapter === null) return
    const platform = httpAdapter.getType()
    if ((platform === 'fastify') !== (this.#auth.plugin !== undefined)) {
      throw new ConfigError(`LatchkeyModule.forRoot: this app runs on ${platform}; give it what ${platform}Auth gave.`)
    }
    if (this.#auth.plugin !== undefined) await httpAdapter.getInstance().register(this.#auth.plugin)
  }
}

Module({})(LatchkeyModule)
Inject(platformAuth)(LatchkeyModule, undefined, 0)
Inject(HttpAdapterHost)(LatchkeyModule, undefined, 1)
Inject(Reflector)(LatchkeyModule, undefined, 2)
Inject(ModulesContainer)(LatchkeyModule, undefined, 3)
