import type { PromiseCheck } from './experiment.ts'

/** Tables, and below them what was promised. */
export function renderResult(name: string, text: string, promises: readonly PromiseCheck[]): string {
  const lines = promises.map(
    ({ promise, figure, spread, kept }) => `${kept ? 'kept' : 'MISSED'}: ${promise}\n  ${figure} (${spread})\n`,
  )
  return `${name}\n\n${text}\n${lines.join('')}\n`
}
