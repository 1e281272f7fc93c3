import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { LoadReport } from '@gw/perf-kit'

const PERF_KIT = resolve(import.meta.dirname, '../../packages/perf-kit/src/cli/main.ts')
const GATEWAY = resolve(import.meta.dirname, '../../packages/gateway/src/main.ts')

/** A user's project whose target is the reference gateway, with the flags that a measurement names. */
const CONFIG = `export default {
  load: {
    target: {
      command: [process.execPath, ${JSON.stringify(GATEWAY)}, '--port', '0', '--backends', '1', ...JSON.parse(process.env.GATEWAY_FLAGS)],
      ready: { log: /listening on (\\S+)/ },
      mcp: { call: 'backend-1__tool-1' },
    },
  },
}
`

export interface Judged {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Measurements of the gateway from the command line, which are held against each other. */
export class RepeatedGateway implements AsyncDisposable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<RepeatedGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'perf-kit-repeated-'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'perf-kit.config.ts'), CONFIG)
    return new RepeatedGateway(folder)
  }

  /** @param gatewayFlags - what makes this gateway another one */
  async measure(gatewayFlags: readonly string[], args: readonly string[]): Promise<Judged> {
    const env = { ...process.env, GATEWAY_FLAGS: JSON.stringify(gatewayFlags) }
    return await new Promise((onEnd) => {
      const options = { cwd: this.#folder, env, maxBuffer: 2 ** 28 }
      const child = execFile(process.execPath, [PERF_KIT, ...args, '-q'], options, (_error, stdout, stderr) =>
        onEnd({ exitCode: child.exitCode ?? -1, stdout, stderr }),
      )
    })
  }

  async read(name: string): Promise<string> {
    return await readFile(join(this.#folder, name), 'utf8')
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, name), text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** What `--repeat --json` printed. */
export function reportOf({ stdout, stderr }: Judged): LoadReport {
  if (stdout === '') throw new Error(`there is no report: ${stderr}`)
  return JSON.parse(stdout)
}

/** Metrics that came out so, whether or not that may fail a build. */
export function metricsThat({ comparison }: LoadReport, state: string): string[] {
  return comparison.verdicts.filter((verdict) => verdict.state === state).map(({ metric }) => metric)
}

/**
 * How a command ends that has found a regression: with 1, unless other programs have taken more of the machine than when the baseline was
 * accepted, which nothing here can prevent.
 */
export function exitCodeOfRegression({ comparison }: LoadReport): number {
  const { gating, advisoryReasons } = comparison
  if (gating) return 1
  if (advisoryReasons.every((reason) => reason.startsWith('other programs took '))) return 0
  throw new Error(`it gates nothing: ${advisoryReasons.join('; ')}`)
}
