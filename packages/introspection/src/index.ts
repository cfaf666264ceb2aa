export { createIntrospection, type IntrospectionOptions } from './create-introspection.js'
