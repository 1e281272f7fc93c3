import type { TestConfig } from '../config/index.ts'
import type { RunFailure } from '../run/index.ts'
import { type Discovery, discoverCases } from './discover.ts'
import { forkOptions } from './measure-case.ts'
import { fitsWord, selectCases } from './select-cases.ts'
import { settingsOf } from './settings.ts'

export interface ListRequest {
  readonly rootDirectory: string
  readonly config: TestConfig
  /** parts of subjects or file names; empty for all */
  readonly words: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * List the benchmarks that a request selects.
 *
 * @throws {PerfKitError} `NO_SUCH_BENCHMARK`
 */
export async function listBenchmarks({ rootDirectory, config, words, signal }: ListRequest): Promise<Discovery> {
  const context = { settings: settingsOf(config), rootDirectory, ...(signal === undefined ? {} : { signal }) }
  const discovery = await discoverCases(rootDirectory, config.bench.include, forkOptions(context))
  return selectFrom(discovery, words)
}

/** A file that cannot be read is everybody's problem, unless other words were asked for. */
function selectFrom({ cases, failures }: Discovery, words: readonly string[]): Discovery {
  const names = ({ subject }: RunFailure, word: string): boolean => subject.toLowerCase().includes(word.toLowerCase())
  const concerned = failures.filter((failure) => words.length === 0 || words.some((word) => names(failure, word)))
  // A word that names nothing but a broken file has its answer in that file's failure.
  const open = words.filter(
    (word) =>
      cases.some((benchCase) => fitsWord(benchCase, word)) || !concerned.some((failure) => names(failure, word)),
  )
  if (words.length > 0 && open.length === 0) return { cases: [], failures: concerned }
  return { cases: selectCases(cases, open), failures: concerned }
}
