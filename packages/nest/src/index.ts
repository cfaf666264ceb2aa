export { CurrentAuth, type GuardDecorator, OptionalAuth, RequireAuth, RequireSameOrigin } from './decorators.js'
export { type GatewayAuth, type GatewayAuthOptions, gatewayAuth } from './gateway-auth.js'
export { LatchkeyGuard, type PlatformAuth, type PlatformGuard } from './latchkey-guard.js'
export { LatchkeyModule, type LatchkeyModuleOptions } from './latchkey-module.js'
