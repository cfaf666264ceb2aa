export { CurrentAuth, type GuardDecorator, OptionalAuth, RequireAuth, RequireSameOrigin } from './decorators.js'
export { LatchkeyGuard } from './latchkey-guard.js'
export { LatchkeyModule } from './latchkey-module.js'
export type { PlatformAuth, PlatformGuard } from './platform-auth.js'
