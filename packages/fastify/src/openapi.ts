/**
 * The entry point for OpenAPI: describes guarded routes to `@fastify/swagger`.
 *
 * @module @latchkey/fastify/openapi
 */

import { ConfigError } from '@latchkey/core'
import { describeGuards, isGuard, type RefusalResponse, securitySchemesOf } from '@latchkey/core/openapi'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'

/** The argument that `@fastify/swagger` passes to its `transform`. */
export interface DescribedRoute {
  /** The schema of the route. */
  readonly schema: FastifySchema
  /** The path of the route. */
  readonly url: string
  /** The route as it was declared. */
  readonly route: RouteOptions
  /** The document that is being made; absent for Swagger 2. */
  readonly openapiObject?: object
}

/** The hooks that may be guards. */
const stages = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

/**
 * Makes a `transform` for `@fastify/swagger` that describes the guards of each route: it adds `security`, the refusals to the
 * responses of the route's schema, and the security schemes. It finds a route's own guards, and those added with `addHook` in
 * its context or one above. Call it before the routes are declared, and before `@fastify/swagger` makes the document.
 *
 * @param app the instance that the routes are declared on, or one above it
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

/** The responses that `@fastify/swagger` writes for a route whose schema has none. */
const success = { 200: { type: 'null', description: 'Default Response' } }

type Hooks = { readonly [Stage in (typeof stages)[number]]?: unknown }

/** Finds the hooks of a context, which Fastify does not publish. A document without them would say that anybody may call. */
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

/** Changes responses to the form of `@fastify/swagger`, in which header fields are plain schemas. */
function forSwagger(responses: { [status: string]: RefusalResponse }): object {
  const entries = Object.entries(responses).map(([status, { headers, ...response }]) => {
    const fields = Object.entries(headers).map(([name, { description, schema }]) => [name, { ...schema, description }])
    return [status, { ...response, headers: Object.fromEntries(fields) }]
  })
  return Object.fromEntries(entries)
}
