import { glob } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import type { RunFailure } from '../run/index.ts'
import type { CaseSelector, ForkMessage, ListedBench } from './fork/job.ts'
import { type ForkOptions, runFork } from './fork-process.ts'

/** One benchmark with one set of arguments: what is measured, compared and named in every table. */
export interface BenchCase {
  /** the folder below the benches' root, which is also the baseline's file name */
  readonly suite: string
  /** `suite/name key=value …`: its identity in Runs and baselines */
  readonly subject: string
  readonly name: string
  readonly args: CaseSelector['args']
  /** relative to the side's root, so that it means the same file on both sides of a comparison */
  readonly file: string
}

export interface Discovery {
  /** ordered by suite, and within it as written: by file, by place in the file, by the order of each range */
  readonly cases: readonly BenchCase[]
  readonly failures: readonly RunFailure[]
}

/**
 * Find bench files and ask a process of its own what they hold: importing a bench file runs it, and it may throw,
 * print, hang or exit.
 *
 * @param rootDirectory - absolute; the patterns are relative to it
 * @throws {PerfKitError} `NO_SUCH_BENCHMARK` when no file matches
 */
export async function discoverCases(
  rootDirectory: string,
  include: readonly string[],
  forkOptions: ForkOptions,
): Promise<Discovery> {
  const rootByFile = await findFiles(rootDirectory, include)
  const files = [...rootByFile.keys()].sort()
  if (files.length === 0) {
    throw new PerfKitError('NO_SUCH_BENCHMARK', `no file matches ${include.join(', ')} below ${rootDirectory}`, {
      remedy: 'Write a bench file (docs/bench.md shows one), or set `bench.include` in the config.',
    })
  }
  const { benches, failures } = await listAll(files, rootDirectory, forkOptions)
  const cases = benches.flatMap((bench) => toCases(bench, rootDirectory, rootByFile.get(bench.file) ?? rootDirectory))
  return separateDuplicates(cases, failures)
}

/** Each file with the root of the first pattern that it matches: the folders below that root are suites. */
async function findFiles(rootDirectory: string, include: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const exclude = (path: string): boolean => path.split(sep).includes('node_modules')
  for (const pattern of include) {
    const root = patternRoot(rootDirectory, pattern)
    for await (const path of glob(pattern, { cwd: rootDirectory, exclude })) {
      const file = join(rootDirectory, path)
      if (!found.has(file)) found.set(file, root)
    }
  }
  return found
}

interface Listing {
  readonly benches: readonly ListedBench[]
  readonly failures: readonly RunFailure[]
}

/** All files in one process; when one of them takes that process down, each in its own, to learn which. */
async function listAll(files: readonly string[], cwd: string, options: ForkOptions): Promise<Listing> {
  try {
    const { messages } = await runFork({ mode: 'list', files }, { ...options, cwd })
    return readListing(messages, cwd)
  } catch (error) {
    if (!(error instanceof PerfKitError) || error.code === 'INTERRUPTED') throw error
    if (files.length > 1) {
      const listings: Listing[] = []
      for (const file of files) listings.push(await listAll([file], cwd, options))
      return {
        benches: listings.flatMap((listing) => listing.benches),
        failures: listings.flatMap((listing) => listing.failures),
      }
    }
    const subject = relative(cwd, files[0] ?? '')
    return { benches: [], failures: [{ subject, code: error.code, message: error.message, remedy: error.remedy }] }
  }
}

function readListing(messages: readonly ForkMessage[], cwd: string): Listing {
  return {
    benches: messages.flatMap((message) => (message.type === 'listed' ? message.benches : [])),
    failures: messages
      .flatMap((message) =>
        message.type === 'problem' ? [{ ...message.problem, subject: relative(cwd, message.problem.file) }] : [],
      )
      .map(({ subject, code, message, remedy }) => ({ subject, code, message, remedy })),
  }
}

/** The part of a pattern before its first wildcard: `benches/**` → `benches`. */
function patternRoot(rootDirectory: string, pattern: string): string {
  const segments = pattern.split('/')
  const wild = segments.findIndex((segment) => /[*?[{]/.test(segment))
  return join(rootDirectory, ...segments.slice(0, wild < 0 ? -1 : wild))
}

function toCases({ file, name, cases }: ListedBench, rootDirectory: string, root: string): BenchCase[] {
  const belowRoot = relative(root, file).split(sep)
  // A file that lies in no folder is a suite of its own, named like the file.
  const suite = (belowRoot.length > 1 ? belowRoot[0] : belowRoot[0]?.replace(/\.bench\.[cm]?[jt]s$/, '')) ?? 'benches'
  return cases.map((args) => ({
    suite,
    subject: [`${suite}/${name}`, ...Object.entries(args).map(([key, value]) => `${key}=${value}`)].join(' '),
    name,
    args,
    file: relative(rootDirectory, file),
  }))
}

/** Two benchmarks of one name would share a baseline: neither is measured. */
function separateDuplicates(cases: readonly BenchCase[], failures: readonly RunFailure[]): Discovery {
  const bySubject = Map.groupBy(cases, (benchCase) => benchCase.subject)
  const duplicates = [...bySubject.values()].filter((group) => group.length > 1)
  const duplicateFailures = duplicates.map((group) => ({
    subject: group[0]?.subject ?? '',
    code: 'BENCH_DUPLICATE',
    message: `is defined ${group.length} times: ${group.map(({ file }) => file).join(', ')}`,
    remedy: 'Give each benchmark of a suite a name of its own.',
  }))
  return {
    cases: [...bySubject.values()]
      .flatMap((group) => (group.length === 1 ? group : []))
      // Within a suite as written, so that sizes stand in their order (100B, 1kB, 10kB), which no sorting of names finds.
      .sort((left, right) => left.suite.localeCompare(right.suite, 'en', { numeric: true })),
    failures: [...failures, ...duplicateFailures],
  }
}
