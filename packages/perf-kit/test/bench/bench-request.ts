import { onTestFinished, vi } from 'vitest'
import type { AgainstRequest, BenchRequest } from '../../src/bench/index.ts'
import { testConfigSchema } from '../../src/config/test-config.ts'
import { SHORT_SETTINGS, type TemporaryProject } from './temporary-project.ts'

/** A request to measure a project within this process, whose temporary files then go to the project's folder. */
export function benchRequestOf(
  project: TemporaryProject,
  bench: Readonly<Record<string, unknown>> = {},
): Omit<BenchRequest, 'signal' | 'onProgress'> {
  vi.stubEnv('TMPDIR', project.temporaryFiles)
  onTestFinished(() => void vi.unstubAllEnvs())
  return {
    rootDirectory: project.directory,
    config: testConfigSchema().parse({ bench: { ...SHORT_SETTINGS, ...bench } }),
    words: [],
    timeBudgetNs: Number.POSITIVE_INFINITY,
    configuration: 'default',
  }
}

/** The same against another ref, with as many pairs as asked for and no more. */
export function againstRequestOf(
  project: TemporaryProject,
  ref: string,
  pairs: number,
  bench: Readonly<Record<string, unknown>> = {},
): AgainstRequest {
  return { ...benchRequestOf(project, bench), ref, looks: [pairs], undecided: () => new Set() }
}
