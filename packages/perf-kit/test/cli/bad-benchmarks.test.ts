import { expect, test } from 'vitest'
import { bench, GOOD_BENCH, TemporaryProject } from './temporary-project.ts'

/** Each bad benchmark runs beside a good one, whose result must survive. */
const BAD: readonly {
  readonly title: string
  readonly file: string
  readonly says: RegExp
}[] = [
  {
    title: 'a file that throws when it is loaded',
    file: "throw new Error('no database')\n",
    says: /bad\.bench\.ts.*cannot be loaded: Error: no database/,
  },
  { title: 'a file with a syntax error', file: 'export default {{\n', says: /bad\.bench\.ts.*cannot be loaded/ },
  {
    title: 'a set-up that throws',
    file: bench("name: 'bad', setup: () => { throw new Error('no table') }, fn: () => 1"),
    says: /bad: Error: no table/,
  },
  {
    title: 'a function that throws',
    file: bench("name: 'bad', fn: () => { throw new TypeError('not a route') }"),
    says: /bad: TypeError: not a route \(at .*bad\.bench\.ts:1/,
  },
  {
    title: 'a function that rejects with something that is no error',
    file: bench("name: 'bad', fn: () => Promise.reject(Symbol('odd'))"),
    says: /bad: threw Symbol\(odd\), which is no Error/,
  },
  {
    title: 'a tear-down that throws',
    file: bench("name: 'bad', fn: () => 1, teardown: () => { throw new Error('cannot close') }"),
    says: /bad: Error: cannot close/,
  },
  {
    title: 'a promise that nothing can resolve any more',
    file: bench("name: 'bad', fn: () => new Promise(() => {})"),
    says: /waits for a promise that nothing can resolve/,
  },
  {
    title: 'a promise that never resolves while something else goes on',
    file: bench("name: 'bad', setup: () => { setInterval(() => {}, 10) }, fn: () => new Promise(() => {})"),
    says: /bad: did not end within 3 s/,
  },
  { title: 'an empty file', file: '', says: /bad\.bench\.ts: has no default export/ },
  { title: 'an empty array', file: 'export default []\n', says: /exports an empty array/ },
  {
    title: 'something that is no benchmark',
    file: "export default 'fast'\n",
    says: /exports fast, which is no benchmark/,
  },
  { title: 'a benchmark without a function', file: bench("name: 'bad'"), says: /"bad" has no function `fn`/ },
  {
    title: 'an empty range',
    file: bench("name: 'bad', args: { size: [] }, fn: () => 1"),
    says: /argument "size" has no usable range/,
  },
  {
    title: 'a range with a value twice',
    file: bench("name: 'bad', args: { size: [1, 1] }, fn: () => 1"),
    says: /argument "size" holds a value twice/,
  },
  {
    title: 'two benchmarks of one name',
    file: "export default [{ name: 'bad', fn: () => 1 }, { name: 'bad', fn: () => 2 }]\n",
    says: /suite\/bad: is defined 2 times/,
  },
  {
    title: 'a benchmark that exits the process',
    file: bench("name: 'bad', fn: () => process.exit(0)"),
    says: /ended with exit code 0 before it had measured/,
  },
  { title: 'a file that exits the process', file: 'process.exit(5)\n', says: /ended with exit code 5/ },
  {
    title: 'a benchmark that fills the heap',
    file: bench("name: 'bad', setup: () => [], fn: (kept) => kept.push(new Array(1e5).fill(0.5))"),
    says: /needs more than its 128 MiB of memory/,
  },
  {
    title: 'a benchmark that fills memory outside the heap',
    file: bench(
      "name: 'bad', setup: () => [], fn: async (kept) => { kept.push(Buffer.alloc(1e7, 1)); await new Promise((resolve) => setTimeout(resolve, 20)) }",
    ),
    says: /needs more than its 128 MiB of memory/,
  },
  {
    title: 'a benchmark that is killed from outside',
    file: bench("name: 'bad', fn: () => process.kill(process.pid, 'SIGKILL')"),
    says: /its process was ended by SIGKILL/,
  },
]

for (const { title, file, says } of BAD) {
  test(`${title} is named with its cause, and the others are measured all the same`, async () => {
    await using project = await TemporaryProject.create({
      'benches/suite/good.bench.ts': GOOD_BENCH,
      'benches/suite/bad.bench.ts': file,
    })

    const { exitCode, stdout, shown } = await project.perfKit(['bench'])

    expect(shown).toMatch(says)
    expect(stdout).toMatch(/good\s+[\d.]+ [nµm]s/)
    expect(exitCode).toBe(3)
    expect(await project.forksLeft()).toEqual([])
  })
}

test('an empty function is flagged as dead code', async () => {
  await using project = await TemporaryProject.create({
    'benches/suite/bad.bench.ts': bench("name: 'bad', fn: () => {}"),
  })
  const { exitCode, shown } = await project.perfKit(['bench'])
  expect(shown).toMatch(/costs no more than an empty function/)
  expect(exitCode).toBe(0)
})

test('a benchmark that returns what cannot be looked at is measured like any other', async () => {
  const revoked = 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke()\n'
  await using project = await TemporaryProject.create({
    'benches/suite/odd.bench.ts': `${revoked}${bench("name: 'odd', fn: () => proxy")}`,
  })
  const { exitCode, stdout } = await project.perfKit(['bench'])
  expect(stdout).toMatch(/odd\s+[\d.]+ [nµm]s/)
  expect(exitCode).toBe(0)
})

test('what a benchmark prints spoils no result, and is told', async () => {
  const printing = bench(
    "name: 'loud', fn: (_state, iteration) => { if (iteration % 1000 === 0) console.log('hello'); return iteration }",
  )
  await using project = await TemporaryProject.create({ 'benches/suite/loud.bench.ts': printing })
  const { exitCode, stdout } = await project.perfKit(['bench', '--json'])
  const report = JSON.parse(stdout)
  expect(report.runs[0].warnings.map(({ code }: { code: string }) => code)).toContain('PRINTS')
  expect(exitCode).toBe(0)
})
