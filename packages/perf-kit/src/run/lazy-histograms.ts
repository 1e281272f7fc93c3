import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The histogram library, loaded at the first call: whoever imports the package need not wait for it. */
export function loadHistograms(): typeof import('hdr-histogram-js') {
  return require('hdr-histogram-js')
}
