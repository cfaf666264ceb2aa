export type { IoRedisClient, NodeRedisClient, RedisClient, ScriptParameters } from './clients.js'
export { type RedisStoreOptions, redisStore } from './redis-store.js'
export { type RedisReplayStoreOptions, redisReplayStore } from './replay-store.js'
