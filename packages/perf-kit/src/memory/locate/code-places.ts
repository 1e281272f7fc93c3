import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AllocationFrame } from '../../target/index.ts'
import { OriginalSource } from './source-map.ts'

/** A function, and where it begins: V8 tells no line within it. */
export interface CodePlace {
  /** empty for one that has none */
  readonly name: string
  /** a path; `node:…` for Node's own code, empty for V8's */
  readonly file: string
  /** from 1 */
  readonly line: number
}

const PACKAGES = /[\\/]node_modules[\\/]/

/** Functions where their authors have written them; each file's source map is read once. */
export class CodePlaces {
  readonly #sources = new Map<string, Promise<OriginalSource | undefined>>()

  async placeOf({ name, url, line, column }: AllocationFrame): Promise<CodePlace> {
    const file = fileOf(url)
    if (file === undefined) return { name, file: url, line }
    const source = this.#sources.get(file) ?? OriginalSource.of(file)
    this.#sources.set(file, source)
    const original = (await source)?.placeOf(line, column)
    return { name, ...(original ?? { file, line }) }
  }
}

/** Whether it is the program's own: neither Node's or V8's, nor of a package. */
export function isOwnCode({ url }: AllocationFrame): boolean {
  return isProgram(url) && !PACKAGES.test(url)
}

/** Whether it stands in a file, or was made of text by the program (`[eval]`). */
export function isProgram(url: string): boolean {
  return url !== '' && !url.startsWith('node:')
}

/** Modules have URLs, and what was required has paths. */
function fileOf(url: string): string | undefined {
  if (isAbsolute(url)) return url
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : undefined
  } catch {
    return undefined
  }
}
