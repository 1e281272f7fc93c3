import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

export interface PageFiles {
  readonly style: string
  readonly script: string
}

/** What the page carries besides its own: the chart library with its licence, and the program that draws with it. */
export async function readPageFiles(): Promise<PageFiles> {
  const library = dirname(require.resolve('uplot/package.json'))
  const [licence, code, style, program] = await Promise.all([
    readFile(join(library, 'LICENSE'), 'utf8'),
    readFile(join(library, 'dist/uPlot.iife.min.js'), 'utf8'),
    readFile(join(library, 'dist/uPlot.min.css'), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/report-page')), 'utf8'),
  ])
  return { style, script: `/*\n${licence.trim()}\n*/\n${code.trim()}\n${program.trim()}\n` }
}
