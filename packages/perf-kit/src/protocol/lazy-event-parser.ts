import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
let loaded: typeof import('eventsource-parser') | undefined

/** The parser of event streams, loaded at the first one: whoever imports the package need not wait for it. */
export function loadEventParser(): typeof import('eventsource-parser') {
  loaded ??= require('eventsource-parser') as typeof import('eventsource-parser')
  return loaded
}
