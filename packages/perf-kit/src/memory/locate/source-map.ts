import { readFile } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The last one counts; a bundle may have those of what is in it. */
const REFERENCE = /^[ \t]*\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm
const DATA_URL = /^data:[^,]*?(;base64)?,(.*)$/s
/** An absolute URL has more than a letter before its colon: that is a drive. */
const ABSOLUTE_URL = /^[a-z][a-z0-9+.-]+:/i

/** Where in which file something was written, before it was compiled or bundled. */
export interface SourcePlace {
  /** a path, or the URL that a bundler has made up */
  readonly file: string
  /** from 1 */
  readonly line: number
}

/** From the code that runs to the code that was written, by a source map as ECMA-426 has it; read by Node's own reader. */
export class OriginalSource {
  readonly #map: SourceMap
  readonly #base: URL

  private constructor(payload: SourceMapPayload, base: URL) {
    this.#map = new SourceMap(payload)
    this.#base = base
  }

  /** @returns `undefined` for a file that names no map, or one that cannot be read: then what runs is what is told */
  static async of(file: string): Promise<OriginalSource | undefined> {
    try {
      const text = await readFile(file, 'utf8')
      const reference = [...text.matchAll(REFERENCE)].at(-1)?.[1]
      if (reference === undefined) return undefined
      const base = new URL(reference, pathToFileURL(file))
      const payload: unknown = JSON.parse(await textOf(base))
      // The base of a map that stands in the file itself is the file.
      return isPayload(payload)
        ? new OriginalSource(payload, base.protocol === 'file:' ? base : pathToFileURL(file))
        : undefined
    } catch {
      return undefined
    }
  }

  /** @param line - from 1, as `column` is */
  placeOf(line: number, column: number): SourcePlace | undefined {
    const entry = this.#map.findEntry(line - 1, column - 1)
    if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined
    return { file: this.#fileOf(entry.originalSource), line: entry.originalLine + 1 }
  }

  #fileOf(source: string): string {
    const { sourceRoot } = this.#map.payload
    const root = typeof sourceRoot === 'string' && sourceRoot !== '' ? `${sourceRoot.replace(/\/$/, '')}/` : ''
    const named = ABSOLUTE_URL.test(source) ? source : `${root}${source}`
    const url = URL.parse(named, this.#base.href)
    return url?.protocol === 'file:' ? fileURLToPath(url) : named
  }
}

async function textOf(url: URL): Promise<string> {
  if (url.protocol !== 'data:') return await readFile(url, 'utf8')
  const [, base64, data = ''] = DATA_URL.exec(url.href) ?? []
  return base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8')
}

function isPayload(value: unknown): value is SourceMapPayload {
  return typeof value === 'object' && value !== null && ('mappings' in value || 'sections' in value)
}
