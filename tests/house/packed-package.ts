import { readdir } from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { type Finished, REPOSITORY, run, TemporaryFolder } from './repository.ts'

/** A user's empty project with the package as it would be published. */
export interface ConsumerProject {
  readonly folder: TemporaryFolder
  readonly tarball: string
  /** Run a command there as a user would: without this repository's binaries and settings. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<Finished>
}

/** Build and pack the package, and install it from its tarball into a project of its own. */
export async function installPackage(): Promise<ConsumerProject> {
  const folder = await TemporaryFolder.create({ 'package.json': '{ "private": true, "type": "module" }' })
  await succeed(await runPnpm('--filter', '@gw/perf-kit', 'pack', '--pack-destination', folder.path))
  const [tarballName = ''] = (await readdir(folder.path)).filter((name) => name.endsWith('.tgz'))
  const tarball = join(folder.path, tarballName)
  const env = userEnvironment()
  const consumer: ConsumerProject = {
    folder,
    tarball,
    run: async (command, ...args) => await run(command, args, { cwd: folder.path, env }),
  }
  await succeed(await consumer.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball))
  return consumer
}

/** The pnpm that runs us, else the one that the README names. */
async function runPnpm(...args: readonly string[]): Promise<Finished> {
  const own = process.env['npm_execpath']
  if (own === undefined || !basename(own).startsWith('pnpm')) return await run('npx', ['-y', 'pnpm@12', ...args])
  return /\.[cm]?js$/.test(own) ? await run(process.execPath, [own, ...args]) : await run(own, args)
}

/** Our environment without what a package manager, a test runner or this repository put into it. */
function userEnvironment(): NodeJS.ProcessEnv {
  const own = /^(npm_|pnpm_|vitest|node_path$|node_env$|node_options$|init_cwd$)/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.startsWith(REPOSITORY))
  return { ...env, PATH: [dirname(process.execPath), ...path].join(delimiter) }
}

async function succeed({ exitCode, output }: Finished): Promise<void> {
  if (exitCode !== 0) throw new Error(`the package cannot be packed or installed:\n${output}`)
}
