import { describeGuards } from '@latchkey/core/openapi'
import { RequestMethod } from '@nestjs/common'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { asksOf, type PlatformAuth, type PlatformGuard } from './latchkey-guard.js'

// The metadata in which `@nestjs/swagger` stores what its decorators say about a method, and Nest its HTTP method and status.
const security = 'swagger/apiSecurity'
const responses = 'swagger/apiResponse'
const httpMethod = 'method'
const httpCode = '__httpCode__'

/**
 * Tells `@nestjs/swagger` what the guards of each method require and how they refuse, in addition to what its own decorators say.
 * Call it when the module is made: then the controllers are known, and no document has been made.
 */
export function documentControllers(auth: PlatformAuth, modules: ModulesContainer): void {
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue
      for (const name of new MetadataScanner().getAllMethodNames(metatype.prototype)) {
        const method: unknown = metatype.prototype[name]
        if (typeof method === 'function' && Reflect.hasMetadata(httpMethod, method)) {
          const guards = asksOf([method, metatype]).map((ask) => ask(auth))
          documentMethod(method, guards)
        }
      }
    }
  }
}

function documentMethod(handler: object, guards: readonly PlatformGuard[]): void {
  if (guards.length === 0) return
  const number: RequestMethod = Reflect.getMetadata(httpMethod, handler)
  // The version of the document is not known yet. What is valid in 3.0 is valid in 3.1 too.
  const described = describeGuards(guards, { method: RequestMethod[number], version: '3.0.0' })
  if (described.security !== undefined) Reflect.defineMetadata(security, described.security, handler)
  const status = Reflect.getMetadata(httpCode, handler) ?? (number === RequestMethod.POST ? 201 : 200)
  const own = Reflect.getMetadata(responses, handler) ?? { [status]: { description: '' } }
  Reflect.defineMetadata(responses, { ...described.responses, ...own }, handler)
}
