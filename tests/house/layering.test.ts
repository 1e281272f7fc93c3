import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findViolations, type Violation } from './cruise-imports.ts'
import { DEPENDENCY_RULES } from './dependency-rules.ts'
import { REPOSITORY } from './repository.ts'
import { ROOMS, ROWS } from './rooms.ts'
import { seedRepository } from './seeded-repository.ts'

const SRC = 'packages/perf-kit/src'

test('no import breaks a rule', async () => {
  expect(await findViolations(REPOSITORY)).toEqual([])
})

test('every folder of src is a room that has a row', async () => {
  const entries = await readdir(join(REPOSITORY, SRC), { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  expect(folders.filter((name) => !ROOMS.includes(name))).toEqual([])
  expect(files.filter((name) => name !== 'index.ts')).toEqual([])
})

interface Seed {
  readonly when: string
  readonly rule: string
  readonly files: Readonly<Record<string, string>>
}

const seeds: readonly Seed[] = [
  {
    when: 'a value from inside another room',
    rule: 'only-through-the-door',
    files: { [`${SRC}/report/a.ts`]: "import { inside } from '../run/inside.ts'; export const a = inside" },
  },
  {
    when: 'a type from inside another room',
    rule: 'only-through-the-door',
    files: { [`${SRC}/report/a.ts`]: "import type { Inside } from '../run/inside.ts'; export type A = Inside" },
  },
  {
    when: "a room uses the door of users' files",
    rule: 'only-through-the-door',
    files: { [`${SRC}/report/a.ts`]: "export { defineBench } from '../config/authoring.ts'" },
  },
  {
    when: 'it imports what users cannot',
    rule: 'own-bench-files-are-as-users-write-them',
    files: { [`${SRC}/bench/a.bench.ts`]: "import '../config/index.ts'" },
  },
  {
    when: "the surface shows a room's inside",
    rule: 'surface-shows-doors',
    files: { [`${SRC}/index.ts`]: "export { inside } from './run/inside.ts'" },
  },
  {
    when: 'a room uses the surface',
    rule: 'rooms-lie-below-the-surface',
    files: { [`${SRC}/index.ts`]: 'export const all = 1', [`${SRC}/cli/a.ts`]: "export * from '../index.ts'" },
  },
  {
    when: 'a value from config',
    rule: 'measured-process-loads-little',
    files: { [`${SRC}/bench/fork/a.ts`]: "import { config } from '../../config/index.ts'; export const a = config" },
  },
  {
    when: 'a library that is no engine',
    rule: 'measured-process-loads-little',
    files: { [`${SRC}/bench/fork/a.ts`]: "import { it } from 'zod'; export const a = it" },
  },
  {
    when: 'a file of the room around it',
    rule: 'measured-process-loads-little',
    files: { [`${SRC}/bench/b.ts`]: 'export const b = 1', [`${SRC}/bench/fork/a.ts`]: "export { b } from '../b.ts'" },
  },
  {
    when: 'a value from a room above',
    rule: 'agent-loads-nothing',
    files: { [`${SRC}/target/agent/a.ts`]: "import { errors } from '../../errors/index.ts'; export const a = errors" },
  },
  {
    when: 'a bench uses the whole kit',
    rule: 'benches-import-what-users-can',
    files: { 'benches/a.bench.ts': "import '@gw/perf-kit'" },
  },
  {
    when: 'a bench uses a library',
    rule: 'benches-import-what-users-can',
    files: { 'benches/a.bench.ts': "import 'zod'" },
  },
  {
    when: 'a bench reaches into packages by path',
    rule: 'benches-import-by-name',
    files: { 'benches/a.bench.ts': "import '../packages/gateway/src/pool.ts'" },
  },
  {
    when: 'a source uses the gateway',
    rule: 'kit-knows-no-gateway',
    files: { [`${SRC}/target/a.ts`]: "import '@gw/gateway/pool'" },
  },
  {
    when: 'a test uses the gateway',
    rule: 'kit-knows-no-gateway',
    files: { 'packages/perf-kit/test/target/a.ts': "import '@gw/gateway/pool'" },
  },
  {
    when: 'two types need each other',
    rule: 'no-cycles',
    files: {
      [`${SRC}/run/a.ts`]: "import type { B } from './b.ts'; export interface A { readonly b: B }",
      [`${SRC}/run/b.ts`]: "import type { A } from './a.ts'; export interface B { readonly a: A }",
    },
  },
  { when: 'an import leads nowhere', rule: 'resolvable', files: { [`${SRC}/run/a.ts`]: "import './nowhere.ts'" } },
]

describe('a seeded violation is found', () => {
  test.each(seeds)('$rule: $when', async ({ rule, files }) => {
    await using repository = await seedRepository({ [`${SRC}/index.ts`]: 'export const surface = 1', ...files })
    const rules = (await findViolations(repository.path)).map((violation) => violation.rule)
    expect(rules).toEqual([rule])
  })

  test('rows: a room sees the rows above it and no other room', async () => {
    const pairs = ROOMS.flatMap((from) => ROOMS.filter((to) => to !== from).map((to) => ({ from, to })))
    const files = pairs.map(({ from, to }) => [`${SRC}/${from}/uses-${to}.ts`, `import '../${to}/index.ts'`])
    await using repository = await seedRepository(Object.fromEntries(files))
    const expected = pairs.flatMap(({ from, to }): Violation[] => {
      if (rowOf(to) < rowOf(from)) return []
      return [{ rule: `row-${rowOf(from)}`, from: `${SRC}/${from}/uses-${to}.ts`, to: `${SRC}/${to}/index.ts` }]
    })
    const found = await findViolations(repository.path)
    expect(new Set(found)).toEqual(new Set(expected))
  })

  test('every rule has a seed', () => {
    const seeded = new Set([...seeds.map(({ rule }) => rule), ...ROWS.map((_, index) => `row-${index + 1}`)])
    expect(DEPENDENCY_RULES.map(({ name }) => name).filter((name) => !seeded.has(name ?? ''))).toEqual([])
  })
})

test('what the rules allow passes', async () => {
  await using repository = await seedRepository({
    [`${SRC}/index.ts`]: "export { run } from './run/index.ts'",
    [`${SRC}/run/a.ts`]: "export { inside } from './inside.ts'",
    [`${SRC}/bench/fork/a.ts`]: `
      import { readSync } from 'node:fs'
      import { it } from 'tinybench'
      import { clock } from '../../clock/index.ts'
      import type { config } from '../../config/index.ts'
      export const a = [readSync, it, clock] as readonly (typeof config)[]
      export const mitata = () => import('mitata')`,
    'packages/perf-kit/test/run/inside.test.ts': "import '../../src/run/inside.ts'",
    'benches/a.bench.ts':
      "import '@gw/perf-kit/config'; import '@gw/gateway/pool'; import './payload.ts'; import 'node:fs'",
    [`${SRC}/bench/a.bench.ts`]: "import '../config/authoring.ts'",
    'benches/peers/main.ts': "import '@gw/perf-kit'; import 'tinybench'",
  })
  expect(await findViolations(repository.path)).toEqual([])
})

function rowOf(room: string): number {
  return ROWS.findIndex((row) => row.includes(room)) + 1
}
