import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import {
  createLoadEngine,
  describeLoad,
  type LoadEngineName,
  type LoadOptions,
  type LoadResult,
  toLoadRun,
} from '../../src/load/index.ts'
import { parseRun, type Run } from '../../src/run/index.ts'
import { steady } from './drive.ts'

const INSTALL_OHA = 'these tests drive oha, and it is not on the PATH: cargo install oha --locked'
const ohaIsThere = promisify(execFile)('oha', ['--version']).then(
  () => true,
  () => false,
)

/**
 * These tests drive a real oha; without one they are skipped, and say why.
 *
 * @throws {Error} when `PERF_KIT_TEST_OHA` says that there has to be one: CI must not pass for lack of it
 */
export async function requireOha({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  if (await ohaIsThere) return
  if (process.env['PERF_KIT_TEST_OHA'] !== undefined) throw new Error(INSTALL_OHA)
  skip(INSTALL_OHA)
}

/** As an engine's user would; two clients for half a second, unless told otherwise. */
export function engineFor(name: LoadEngineName, url: string, options: Partial<LoadOptions> = {}) {
  return createLoadEngine(name, { url, loop: 'closed', phases: steady(2, 500), timeoutNs: 10e9, ...options })
}

export async function driveWith(
  name: LoadEngineName,
  url: string,
  options: Partial<LoadOptions> = {},
): Promise<LoadResult> {
  return await engineFor(name, url, options).run()
}

/** The Run of a result, through its text: what a file of it would hold. */
export function runOf(result: LoadResult): Run {
  const facts = { suite: 'load', subject: describeLoad(result.plan), configuration: 'default', durationNs: 1 }
  const source = { commit: null, dirty: false }
  return parseRun(JSON.stringify(toLoadRun(result, { ...facts, startedAt: new Date(0), source })), 'the test')
}

export function metricOf(run: Run, name: string): number {
  const metric = run.metrics.find((one) => one.name === name)
  if (metric === undefined) throw new Error(`there is no ${name}`)
  return metric.value
}

export function namesOf({ metrics }: Run): string[] {
  return metrics.map(({ name }) => name)
}

export function notesOf({ warnings }: Run): string[] {
  return warnings.map(({ code }) => code)
}

/** Processes that this one has started and that still run, by a word of their command line. */
export async function childrenWith(word: string, parent = process.pid): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      const isChild = new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)
      return isChild && commandLine.includes(word) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}
