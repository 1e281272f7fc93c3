import { basename } from 'node:path'
import type { LoadOptions } from '../load/index.ts'
import { visibleText } from '../report/index.ts'
import type { RequestFlags } from './load-flags.ts'

/** What a module of requests prints is shown under its name, beside the progress: results are on stdout, and nothing else. */
export function printing(
  { requestModule }: Pick<RequestFlags, 'requestModule'>,
  tell: (message: string) => void,
): Pick<LoadOptions, 'onPrint'> {
  if (requestModule === undefined) return {}
  const name = visibleText(basename(requestModule))
  return { onPrint: (line) => tell(`${name}: ${visibleText(line)}\n`) }
}
