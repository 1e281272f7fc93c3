import { didYouMean, PerfKitError } from '../errors/index.ts'
import type { BenchCase } from './discover.ts'

/**
 * Cases whose subject or file contains any of the words; all of them when there is no word. A whole subject means that case
 * alone: `fan-out subscribers=1` is part of `fan-out subscribers=10`, and could not be asked for otherwise.
 *
 * @throws {PerfKitError} `NO_SUCH_BENCHMARK` for the first word that fits nothing, with the nearest name
 */
export function selectCases(cases: readonly BenchCase[], words: readonly string[]): readonly BenchCase[] {
  if (words.length === 0) return cases
  for (const word of words) {
    if (cases.some((benchCase) => fitsWord(benchCase, word))) continue
    const names = new Set(cases.flatMap(({ suite, name }) => [suite, name, `${suite}/${name}`]))
    throw new PerfKitError('NO_SUCH_BENCHMARK', `no benchmark matches "${word}"${didYouMean(word, names)}`, {
      remedy: 'See all names with --list.',
    })
  }
  const subjects = new Set(cases.map(({ subject }) => subject))
  return cases.filter((benchCase) =>
    words.some((word) => (subjects.has(word) ? benchCase.subject === word : fitsWord(benchCase, word))),
  )
}

/** Whether a word is part of a case's subject or file, in upper or lower case. */
export function fitsWord({ subject, file }: BenchCase, word: string): boolean {
  return subject.toLowerCase().includes(word.toLowerCase()) || file.toLowerCase().includes(word.toLowerCase())
}
