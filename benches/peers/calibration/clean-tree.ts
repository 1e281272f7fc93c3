import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/** What is measured, and what measures. */
const PATHS = ['packages', 'benches', 'perf-kit.config.ts', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']

/**
 * A comparison of HEAD with HEAD takes uncommitted changes along on one side, and a record names a commit: with changes in
 * the tree, neither would be what it says.
 */
export async function refuseDifferences(rootDirectory: string): Promise<void> {
  const { stdout } = await execFileAsync('git', ['status', '--porcelain', '--', ...PATHS], { cwd: rootDirectory })
  if (stdout === '') return
  throw new Error(`there are uncommitted changes, so that the two sides would differ: commit them first\n${stdout}`)
}

/**
 * What the gateway's code was at a commit, whatever else was changed between.
 *
 * @returns git's hash of it; `undefined` for a commit that is not in this repository
 */
export async function gatewayTree(rootDirectory: string, commit: string): Promise<string | undefined> {
  try {
    const { stdout } = await execFileAsync('git', ['rev-parse', `${commit}:packages/gateway/src`], {
      cwd: rootDirectory,
    })
    return stdout.trim()
  } catch {
    return undefined
  }
}
