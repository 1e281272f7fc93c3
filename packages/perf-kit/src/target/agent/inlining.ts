import { setFlagsFromString } from 'node:v8'

/** V8 knows both flags from there on. */
const FIRST_MAJOR = 22

/**
 * Have V8 call functions where it would copy them into those that call them: what such a copy allocates, its profiler says the caller
 * has. It is asked before any code of the application is compiled, and takes effect from then on.
 */
export function keepFunctionsApart(): void {
  if (Number.parseInt(process.versions.node, 10) < FIRST_MAJOR) return
  setFlagsFromString('--no-maglev-inlining')
  setFlagsFromString('--no-turbo-inlining')
}
