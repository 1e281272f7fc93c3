import { dirname } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { environmentDifferences, type Run } from '../run/index.ts'
import { type AcceptOptions, acceptableMetrics, acceptanceOf, withAccepted } from './accept-run.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { type BaselineConfiguration, type BaselineDocument, stringifyBaseline } from './baseline-document.ts'
import { baselineFile, isSafeFileName } from './baseline-path.ts'
import { type CommonShift, describeShift, findCommonShift, NO_SHIFT } from './common-shift.ts'
import { advisoryReasons, doubtsAboutRun } from './comparable.ts'
import { type CompareOptions, judgeAgainstStored } from './compare-runs.ts'
import type { Acceptance, ComparedAgainst, Comparison } from './comparison.ts'
import { withFileLock } from './file-lock.ts'
import { quieterDoubts } from './other-programs.ts'
import { parseBaseline } from './parse-baseline.ts'
import { comparedMetrics, isOfLoad } from './samples.ts'
import { listFolders, makeFolder, readText } from './store-files.ts'

export interface BaselineManagerOptions {
  /** root of the store: one folder an environment, one file a suite */
  readonly directory: string
  /** how long to wait for another process that is writing the same file */
  readonly lockTimeoutNs?: number
}

export interface AcceptOutcome {
  readonly file: string
  readonly acceptance: Acceptance
  /** subjects of this configuration that the Run did not have, and that are as they were */
  readonly keptSubjects: readonly string[]
}

interface StoredBaseline {
  readonly file: string
  readonly document: BaselineDocument
  readonly configuration: BaselineConfiguration
}

/** The store of accepted numbers: keyed by environment, suite, configuration and measuring method. */
export class BaselineManager {
  readonly #directory: string
  readonly #lockOptions: { readonly timeoutNs?: number }

  constructor({ directory, lockTimeoutNs }: BaselineManagerOptions) {
    this.#directory = directory
    this.#lockOptions = lockTimeoutNs === undefined ? {} : { timeoutNs: lockTimeoutNs }
  }

  /**
   * Accepted numbers of one configuration; of several measuring methods, the newest.
   *
   * @throws {PerfKitError} `BASELINE_CORRUPT`, `BASELINE_VERSION`, `BASELINE_REFUSED`
   */
  async load(suite: string, environmentId: string, configuration: string): Promise<BaselineConfiguration | undefined> {
    const document = await this.#read(suite, environmentId)
    return document === undefined ? undefined : newestOf(document, configuration)
  }

  /** Ids of the environments that have a baseline of a suite, sorted. */
  async environmentsOf(suite: string): Promise<string[]> {
    const folders = (await listFolders(this.#directory)).filter(isSafeFileName)
    const found = await Promise.all(
      folders.map(async (id) => (await readText(baselineFile(this.#directory, id, suite))) !== undefined),
    )
    return folders.filter((_, index) => found[index]).sort()
  }

  /**
   * Judge a Run by the stored numbers of its environment; by the nearest other environment's, as advice, where there
   * are none.
   *
   * @throws {PerfKitError} `BASELINE_CORRUPT`, `BASELINE_VERSION`, `BASELINE_REFUSED`
   */
  async compare(run: Run, options: CompareOptions = {}): Promise<Comparison> {
    const [outcome] = await this.compareAll([run], options)
    if (outcome === undefined || outcome instanceof PerfKitError) throw outcome
    return outcome
  }

  /**
   * The same for Runs measured together: what most of them share is the machine's doing (see `findCommonShift`).
   *
   * @returns in the order given; an error where a Run's baseline cannot be read, which is no reason to judge no other
   */
  async compareAll(
    runs: readonly Run[],
    options: CompareOptions = {},
  ): Promise<readonly (Comparison | PerfKitError)[]> {
    const found = await Promise.all(runs.map((run) => errorAsValue(this.#findNearest(run))))
    const own = runs.flatMap((run, index) => {
      const stored = found[index]
      if (stored === undefined || stored instanceof PerfKitError || isOfLoad(run)) return []
      return stored.document.environment.id === run.environment.id
        ? [{ run, stored: stored.configuration.metrics }]
        : []
    })
    const shift = findCommonShift(own)
    return runs.map((run, index) => {
      const stored = found[index]
      return stored instanceof PerfKitError
        ? stored
        : compareWith(run, stored, isOfLoad(run) ? NO_SHIFT : shift, options)
    })
  }

  /**
   * Make a Run's numbers those to be held to; what it did not measure stays as it was. Safe while other processes do
   * the same, and whatever happens in the middle.
   *
   * @throws {PerfKitError} `BASELINE_REFUSED`, `BASELINE_LOCKED`, `STORE_UNWRITABLE`, and what reading the old file throws
   */
  async accept(run: Run, options: AcceptOptions): Promise<AcceptOutcome> {
    const file = baselineFile(this.#directory, run.environment.id, run.suite)
    const metrics = acceptableMetrics(run)
    const acceptance = acceptanceOf(run, metrics, options)
    await makeFolder(dirname(file))
    const written = await withFileLock(
      file,
      async () => {
        const document = withAccepted(await this.#read(run.suite, run.environment.id), run, metrics, acceptance)
        await writeFileAtomically(file, stringifyBaseline(document))
        return document
      },
      this.#lockOptions,
    )
    const kept = written.configurations
      .filter(({ name }) => name === run.configuration)
      .flatMap(subjectsNotOf(acceptance))
    return { file, acceptance, keptSubjects: [...new Set(kept)].sort() }
  }

  async #read(suite: string, environmentId: string): Promise<BaselineDocument | undefined> {
    const file = baselineFile(this.#directory, environmentId, suite)
    const text = await readText(file)
    return text === undefined ? undefined : parseBaseline(text, file, { suite, environmentId })
  }

  /** Numbers of the Run's own measuring method, else of the newest one. */
  async #find(run: Run, environmentId: string): Promise<StoredBaseline | undefined> {
    const document = await this.#read(run.suite, environmentId)
    if (document === undefined) return undefined
    const same = document.configurations.find(
      ({ name, harness }) => name === run.configuration && harness.methodVersion === run.harness.methodVersion,
    )
    const configuration = same ?? newestOf(document, run.configuration)
    const file = baselineFile(this.#directory, environmentId, run.suite)
    return configuration === undefined ? undefined : { file, document, configuration }
  }

  async #findNearest(run: Run): Promise<StoredBaseline | undefined> {
    if (!isSafeFileName(run.suite)) return undefined
    return (await this.#find(run, run.environment.id)) ?? (await this.#nearest(run))
  }

  /** The environment that differs in the fewest things. A damaged file elsewhere is no reason to fail here. */
  async #nearest(run: Run): Promise<StoredBaseline | undefined> {
    const others = (await this.environmentsOf(run.suite)).filter((id) => id !== run.environment.id)
    const found = await Promise.all(others.map((id) => errorAsValue(this.#find(run, id))))
    const usable = found.flatMap((stored) => (stored === undefined || stored instanceof PerfKitError ? [] : [stored]))
    const distance = ({ document }: StoredBaseline) =>
      environmentDifferences(document.environment, run.environment).length
    return usable.toSorted((left, right) => distance(left) - distance(right))[0]
  }
}

async function errorAsValue<Found>(reading: Promise<Found>): Promise<Found | PerfKitError> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof PerfKitError) return error
    throw error
  }
}

function compareWith(
  run: Run,
  stored: StoredBaseline | undefined,
  shift: CommonShift,
  options: CompareOptions,
): Comparison {
  if (stored === undefined) {
    const name = JSON.stringify(run.suite)
    const unnamable = `suite ${name} cannot be the name of a file, so it has no baseline`
    return nothingToCompare(run, isSafeFileName(run.suite) ? 'there is no baseline yet' : unnamable)
  }
  const advisory = advisoryReasons(run, stored.document.environment, stored.configuration)
  const gating = advisory.length === 0
  return {
    suite: run.suite,
    configuration: run.configuration,
    against: describeStored(run, stored),
    gating,
    advisoryReasons: advisory,
    doubts: [...describeShift(shift), ...quieterDoubts(comparedMetrics(run), stored.configuration.metrics)],
    ...judgeAgainstStored(run, stored.configuration.metrics, { ...options, gating, shift }),
  }
}

function newestOf({ configurations }: BaselineDocument, name: string): BaselineConfiguration | undefined {
  return configurations
    .filter((configuration) => configuration.name === name)
    .toSorted((left, right) => right.harness.methodVersion - left.harness.methodVersion)[0]
}

function describeStored(run: Run, { file, document, configuration }: StoredBaseline): ComparedAgainst {
  const { environment } = document
  const described = { file, environmentId: environment.id, acceptances: configuration.acceptances }
  if (environment.id === run.environment.id) return { kind: 'baseline', ...described }
  return {
    kind: 'other-environment',
    ...described,
    differences: environmentDifferences(environment, run.environment),
  }
}

function nothingToCompare(run: Run, reason: string): Comparison {
  return {
    suite: run.suite,
    configuration: run.configuration,
    against: { kind: 'nothing' },
    gating: false,
    advisoryReasons: [reason, ...doubtsAboutRun(run)],
    doubts: [],
    verdicts: [],
    added: [],
    removed: [],
  }
}

function subjectsNotOf(acceptance: Acceptance): (configuration: BaselineConfiguration) => string[] {
  return ({ metrics }) => metrics.filter((metric) => metric.acceptance !== acceptance.id).map(({ subject }) => subject)
}
