export { createIntrospection } from './create-introspection.js'
export type { IntrospectionOptions } from './introspection-options.js'
