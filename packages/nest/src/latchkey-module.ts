import { ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import { type DynamicModule, Inject, Module, type NestModule, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost, ModulesContainer, Reflector } from '@nestjs/core'
import { LatchkeyGuard, platformAuth } from './latchkey-guard.js'
import { documentControllers } from './openapi.js'
import type { PlatformAuth, PlatformGuard } from './platform-auth.js'

/** Options of `LatchkeyModule.forRoot`. */
export interface LatchkeyModuleOptions {
  /**
   * Whether the app serves the metadata of the verifier's `resource` (RFC 9728), at `verifier.resourceMetadata.path`. It is
   * served before every route, and not below a global prefix. Default false.
   */
  readonly resourceMetadata?: boolean
}

/** The token under which the module provides the handler that serves the metadata. */
const metadataAnswer = Symbol('latchkey.metadataAnswer')

/** Provides the guard of the decorators, everywhere in the app. */
export class LatchkeyModule implements NestModule, OnModuleInit {
  readonly #auth: PlatformAuth
  readonly #metadata: PlatformGuard | null
  readonly #host: HttpAdapterHost

  constructor(
    auth: PlatformAuth,
    metadata: PlatformGuard | null,
    host: HttpAdapterHost,
    reflector: Reflector,
    modules: ModulesContainer,
  ) {
    this.#auth = auth
    this.#metadata = metadata
    this.#host = host
    documentControllers(auth, reflector, modules)
  }

  /**
   * Makes the module for the `imports` of the app's module.
   *
   * @param auth what `expressAuth` or `fastifyAuth` returned, for the platform that the app runs on
   * @param options what else the module does
   * @throws ConfigError if `auth` is neither, for an unknown option, and for `resourceMetadata` if the verifier has no `resource`
   */
  static forRoot(auth: PlatformAuth, options: LatchkeyModuleOptions = {}): DynamicModule {
    if (typeof auth?.requireAuth !== 'function') {
      throw new ConfigError('LatchkeyModule.forRoot: give it what expressAuth or fastifyAuth gave.')
    }
    refuseUnknownOptions('LatchkeyModule.forRoot', options, { resourceMetadata: true })
    const { resourceMetadata = false } = options
    if (typeof resourceMetadata !== 'boolean') {
      throw new ConfigError('LatchkeyModule.forRoot: resourceMetadata takes true or false.')
    }
    const provider = { provide: platformAuth, useValue: auth }
    const metadata = { provide: metadataAnswer, useValue: resourceMetadata ? auth.resourceMetadata() : null }
    return {
      module: LatchkeyModule,
      global: true,
      providers: [provider, metadata, LatchkeyGuard],
      exports: [provider, LatchkeyGuard],
    }
  }

  /** Nest calls this before it adds the routes. Nest's own middleware is not used, because it runs below a global prefix. */
  configure(): void {
    if (this.#metadata === null) return
    const { httpAdapter } = this.#host
    if (httpAdapter.getType() === 'fastify') httpAdapter.getInstance().addHook('onRequest', this.#metadata)
    else httpAdapter.use(this.#metadata)
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
Inject(metadataAnswer)(LatchkeyModule, undefined, 1)
Inject(HttpAdapterHost)(LatchkeyModule, undefined, 2)
Inject(Reflector)(LatchkeyModule, undefined, 3)
Inject(ModulesContainer)(LatchkeyModule, undefined, 4)
