/**
 * The entry point for OpenAPI: describes guarded routes in a document, from the guards themselves.
 *
 * @module @latchkey/hono/openapi
 */

import { describeGuards, isGuard, securitySchemesOf } from '@latchkey/core/openapi'
import type { Hono } from 'hono'
import { findTargetHandler } from 'hono/utils/handler'

/** The part of an OpenAPI document that `documentGuards` reads and writes. */
export interface OpenApiDocument {
  /** The version of OpenAPI. */
  openapi?: string
  /** The operations by path and method. */
  paths?: object
  /** The definitions that operations refer to. */
  components?: { securitySchemes?: object }
}

interface Operation {
  security?: object[]
  responses?: object
}

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])

/**
 * Describes an app's guards in an OpenAPI document, which may come from any tool (`hono-openapi`, `@hono/zod-openapi`, …). It
 * adds each operation's `security`, the refusals to its responses, and the security schemes. It finds the guards in front of
 * the handler, and those of `app.use` whose path covers the operation.
 *
 * @param app the app, with all its routes declared
 * @param document the document, which is changed in place
 * @returns the same document
 */
export function documentGuards<Document extends OpenApiDocument>(
  app: Pick<Hono, 'router' | 'routes'>,
  document: Document,
): Document {
  const version = document.openapi === undefined ? {} : { version: document.openapi }
  for (const [path, item] of Object.entries<Record<string, Operation>>({ ...document.paths })) {
    for (const [method, operation] of Object.entries(item).filter(([key]) => methods.has(key))) {
      const guards = guardsOf(app, method.toUpperCase(), path)
      if (guards.length === 0) continue
      const { security, responses } = describeGuards(guards, { method, ...version })
      if (security !== undefined) operation.security = security
      operation.responses = { ...responses, ...operation.responses }
      document.components = {
        ...document.components,
        securitySchemes: { ...securitySchemesOf(...guards), ...document.components?.securitySchemes },
      }
    }
  }
  return document
}

/**
 * Finds the guards of the routes with exactly this path, and those that the router finds for it, i.e. middleware with a
 * wildcard.
 */
function guardsOf({ router, routes }: Pick<Hono, 'router' | 'routes'>, method: string, path: string): object[] {
  const declared = routes.filter(
    (route) => (route.method === method || route.method === 'ALL') && openApiPath(route.path) === path,
  )
  const [matched] = router.match(method, path)
  const handlers = [...declared.map(({ handler }) => handler), ...matched.map(([[handler]]) => handler)]
  return [...new Set(handlers.map(findTargetHandler))].filter(isGuard)
}

/** Writes a path of Hono as OpenAPI does: `/posts/:id{[0-9]+}` becomes `/posts/{id}`. */
function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?\??/g, '{$1}')
}
