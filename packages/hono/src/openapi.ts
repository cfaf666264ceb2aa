/**
 * The door to OpenAPI: what a document says about guarded routes, made from the guards themselves.
 *
 * @module @latchkey/hono/openapi
 */

import { describeGuards, isGuard, securitySchemesOf } from '@latchkey/core/openapi'
import type { Hono } from 'hono'
import { findTargetHandler } from 'hono/utils/handler'

/** As much of an OpenAPI document as is read and written. */
export interface OpenApiDocument {
  openapi?: string
  paths?: object
  components?: { securitySchemes?: object }
}

interface Operation {
  security?: object[]
  responses?: object
}

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])

/**
 * Writes what an app's guards say into a document about it, whoever made that (`hono-openapi`, `@hono/zod-openapi`, …): each
 * operation's `security`, the refusals beside the responses that it has, and the schemes. The guards are those before the
 * handler and those of `app.use` whose path covers the operation's.
 *
 * @param app of which all routes are declared
 * @param document changed in place
 * @returns the document
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

/** Those of the routes with that very path, and whatever the router finds for it: middleware with a wildcard. */
function guardsOf({ router, routes }: Pick<Hono, 'router' | 'routes'>, method: string, path: string): object[] {
  const declared = routes.filter(
    (route) => (route.method === method || route.method === 'ALL') && openApiPath(route.path) === path,
  )
  const [matched] = router.match(method, path)
  const handlers = [...declared.map(({ handler }) => handler), ...matched.map(([[handler]]) => handler)]
  return [...new Set(handlers.map(findTargetHandler))].filter(isGuard)
}

/** `/posts/:id{[0-9]+}` as OpenAPI writes it, `/posts/{id}`. */
function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?\??/g, '{$1}')
}
