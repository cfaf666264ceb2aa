const { transformSync } = require('esbuild')

/** As Babel with its preset for Node, or `ts-jest`: CommonJS of whatever Jest hands over. */
exports.process = (code, filename) =>
  transformSync(code, { format: 'cjs', platform: 'node', supported: { 'dynamic-import': false }, sourcefile: filename })
