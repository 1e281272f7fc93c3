import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { TemporaryFolder } from './repository.ts'
import { FORK_PACKAGES, ROOMS } from './rooms.ts'

const PACKAGES = {
  'perf-kit': { '.': './src/index.ts', './config': './src/config/authoring.ts' },
  gateway: { './*': './src/*.ts' },
}

const LIBRARIES = [...FORK_PACKAGES, 'zod']

/** A repository of our shape with nothing in it but empty doors, and the files given: where a rule must fire. */
export async function seedRepository(files: Readonly<Record<string, string>>): Promise<TemporaryFolder> {
  const repository = await TemporaryFolder.create({
    'benches/payload.ts': 'export const payload = 1',
    'packages/gateway/src/pool.ts': 'export const pool = 1',
    'packages/perf-kit/src/config/authoring.ts': 'export const defineBench = 1',
    'packages/perf-kit/src/run/inside.ts': 'export interface Inside { readonly run: 1 }; export const inside = 1',
    ...Object.fromEntries(ROOMS.map((room) => [`packages/perf-kit/src/${room}/index.ts`, `export const ${room} = 1`])),
    ...Object.fromEntries(LIBRARIES.flatMap((name) => Object.entries(library(name)))),
    ...files,
  })
  await mkdir(join(repository.path, 'node_modules/@gw'), { recursive: true })
  for (const [name, exports] of Object.entries(PACKAGES)) {
    await repository.write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@gw/${name}`, type: 'module', exports }),
    )
    await symlink(join('../../packages', name), join(repository.path, 'node_modules/@gw', name))
  }
  return repository
}

function library(name: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, type: 'module', exports: './main.js' }),
    [`node_modules/${name}/main.js`]: 'export const it = 1',
  }
}
