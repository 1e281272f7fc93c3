import { writeSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Ends a test run with one line for people and machines, alone and last on stdout: `12 passed, 0 failed, 1 skipped`.
 *
 * Whatever made the run fail counts as failed, also where no test could: a file that does not load, a hook that throws,
 * an error that nobody caught. A run that executed no test fails.
 */
export class ClosingLineReporter implements Reporter {
  #line: string | undefined

  onInit(): void {
    // Other reporters write at the end of the run as well, and so does the runner when it closes.
    process.once('exit', () => {
      if (this.#line !== undefined) writeSync(1, `${this.#line}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally = tallyOf(modules, unhandledErrors.length)
    if (tally.passed + tally.failed === 0) process.exitCode = 1
    this.#line = closingLine(tally)
  }
}

function closingLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`
  return skipped === 0 ? line : `${line}, ${skipped} skipped`
}

function tallyOf(modules: readonly TestModule[], unhandledErrors: number): Tally {
  const tally = { passed: 0, failed: unhandledErrors, skipped: 0 }
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') tally.passed += 1
      else if (state === 'failed') tally.failed += 1
      else tally.skipped += 1
    }
    tally.failed += brokenSuites(module)
  }
  return tally
}

/** Failures outside of tests: the file's own (it did not load), and those of `beforeAll` and `afterAll`. */
function brokenSuites(module: TestModule): number {
  let broken = module.errors().length > 0 ? 1 : 0
  for (const suite of module.children.allSuites()) {
    if (suite.errors().length > 0) broken += 1
  }
  return broken
}
