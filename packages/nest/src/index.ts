export { CurrentAuth, type GuardDecorator, OptionalAuth, RequireAuth, RequireSameOrigin } from './decorators.js'
export { gatewayGuard } from './gateway-guard.js'
export { LatchkeyGuard, type PlatformAuth, type PlatformGuard } from './latchkey-guard.js'
export { LatchkeyModule } from './latchkey-module.js'
