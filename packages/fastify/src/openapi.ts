/**
 * The door to OpenAPI: what `@fastify/swagger` says about guarded routes.
 *
 * @module @latchkey/fastify/openapi
 */

import { ConfigError } from '@latchkey/core'
import { describeGuards, isGuard, type RefusalResponse, securitySchemesOf } from '@latchkey/core/openapi'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'

/** What `@fastify/swagger` asks its `transform` about. */
export interface DescribedRoute {
  readonly schema: FastifySchema
  readonly url: string
  readonly route: RouteOptions
  /** The document that is being made; absent in one of Swagger 2. */
  readonly openapiObject?: object
}

/** The hooks that a guard can be. */
const stages = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

/**
 * Makes the `transform` of `@fastify/swagger` that writes what the guards of each route say: its `security`, the refusals beside
 * the responses that its schema has, and the schemes. It finds a route's own guards, and those of `addHook` in its context or
 * one above. Call it before the routes are declared, and before `@fastify/swagger` is asked for the document.
 *
 * @param app the instance under which the routes are
 */
export function documentGuards(
  app: FastifyInstance,
): (route: DescribedRoute) => { schema: FastifySchema; url: string } {
  const declaredOn = new WeakMap<RouteOptions, FastifyInstance>()
  app.addHook('onRoute', function (route) {
    declaredOn.set(route, this)
  })
  return ({ schema, url, route, openapiObject = {} }) => {
    const hooks = [hooksOf(declaredOn.get(route)), route].flatMap((from) =>
      stages.flatMap((stage) => from[stage] ?? []),
    )
    const guards = hooks.filter(isGuard)
    if (guards.length === 0) return { schema, url }
    addSchemes(openapiObject, securitySchemesOf(...guards))
    const { security, responses } = describeGuards(guards, {
      ...(typeof route.method === 'string' ? { method: route.method } : {}),
      ...('openapi' in openapiObject ? { version: String(openapiObject.openapi) } : {}),
    })
    const { response = success } = (schema ?? {}) as { response?: object }
    const described = { ...schema, response: { ...forSwagger(responses), ...response } }
    return { schema: security === undefined ? described : { ...described, security }, url }
  }
}

/** What `@fastify/swagger` writes for a route that does not say how it answers. */
const success = { 200: { type: 'null', description: 'Default Response' } }

type Hooks = { readonly [Stage in (typeof stages)[number]]?: unknown }

/** Fastify shows the hooks of a context to nobody. A document without its guards would say that everybody may call. */
function hooksOf(instance: FastifyInstance | undefined): Hooks {
  if (instance === undefined) return {}
  const key = Object.getOwnPropertySymbols(instance).find(({ description }) => description === 'fastify.hooks')
  if (key !== undefined) return Reflect.get(instance, key)
  throw new ConfigError('documentGuards: this version of Fastify keeps its hooks elsewhere. Update @latchkey/fastify.')
}

function addSchemes(document: { components?: { securitySchemes?: object } }, schemes: object): void {
  document.components = {
    ...document.components,
    securitySchemes: { ...schemes, ...document.components?.securitySchemes },
  }
}

/** It takes a response's header fields as plain schemas. */
function forSwagger(responses: { [status: string]: RefusalResponse }): object {
  const entries = Object.entries(responses).map(([status, { headers, ...response }]) => {
    const fields = Object.entries(headers).map(([name, { description, schema }]) => [name, { ...schema, description }])
    return [status, { ...response, headers: Object.fromEntries(fields) }]
  })
  return Object.fromEntries(entries)
}
