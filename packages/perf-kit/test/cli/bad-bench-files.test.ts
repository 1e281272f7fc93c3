import { describe, expect, it } from 'vitest'
import { type ProjectFiles, shortConfig, TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { type Ended, perfKit, reportOf } from './perf-kit-process.ts'

const ALONE = 'Run the benchmark alone with `perf-kit bench <name> --forks 1` while you mend it.'
const SHAPE =
  'Export a benchmark by default: `export default defineBench({ name, fn })`, or an array of them; see docs/bench.md.'
const RANGES = 'Give each argument an array of strings, numbers or booleans: `args: { tools: [10, 1000] }`.'

/** A file with one benchmark, named like it. */
const bench = (name: string, definition: string) => ({
  [`benches/${name}.bench.ts`]: `export default { name: '${name}', ${definition} }\n`,
})

/** Measure bad bench files beside one that works, which must be measured all the same. */
async function benchBesideWorkingOne(files: ProjectFiles): Promise<Ended> {
  await using project = await TemporaryProject.create({ 'benches/works.bench.ts': WORKING_BENCH, ...files })
  const ended = await perfKit(project, ['bench', '--quiet'])
  expect(ended.shown).toMatch(rowOf('works'))
  expect(ended.stderr).toBe('')
  await project.expectNothingLeft()
  return ended
}

/** A line of the table: a name and a time. */
const rowOf = (name: string) => new RegExp(` ${name} [\\d.]+ [nµm]?s `)

/** What a user reads of one failed benchmark. */
function failure(subject: string, message: string, remedy: string): string {
  return `✗ ${subject}: ${message} ${remedy}`
}

describe('a benchmark that throws', () => {
  it('is told with its place, wherever it throws, and the others are measured', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'benches/top.bench.ts': `throw new Error('no top')`,
      'benches/syntax.bench.ts': `export default {{`,
      ...bench('setup', `setup: () => { throw new TypeError('no table') }, fn: () => 1`),
      ...bench('body', `fn: () => { throw new RangeError('no body') }`),
      ...bench('teardown', `fn: (_, iteration) => iteration, teardown: () => { throw new Error('no end') }`),
    })
    expect(exitCode).toBe(3)
    expect(shown).toMatch(/✗ setup\/setup: TypeError: no table \(at \S+ \(file:\S+setup\.bench\.ts:1:\d+\)\)/)
    expect(shown).toMatch(/✗ body\/body: RangeError: no body \(at \S+ \(file:\S+body\.bench\.ts:1:\d+\)\)/)
    expect(shown).toMatch(/✗ teardown\/teardown: Error: no end \(at \S+ \(file:\S+teardown\.bench\.ts:1:\d+\)\)/)
    expect(shown).toMatch(
      /✗ benches\/top\.bench\.ts: cannot be loaded: Error: no top \(at file:\S+top\.bench\.ts:1:7\)/,
    )
    expect(shown).toMatch(/✗ benches\/syntax\.bench\.ts: cannot be loaded: SyntaxError: .+ \(\S+syntax\.bench\.ts:1\)/)
    expect(shown.split(ALONE)).toHaveLength(4)
    expect(shown).toContain('Run the file with node to see the whole error')
  })

  it('is told what it threw when that is no error, or cannot be looked at', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      ...bench('text', `fn: () => Promise.reject('only a text')`),
      ...bench('revoked', `fn: () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy }`),
      ...bench(
        'booby',
        `fn: () => { throw Object.defineProperty(new Error(), 'message', { get() { throw new Error('inside') } }) }`,
      ),
    })
    expect(exitCode).toBe(3)
    expect(shown).toContain(failure('text/text', 'threw only a text, which is no Error', ALONE))
    expect(shown).toContain(failure('revoked/revoked', 'threw something that throws when it is looked at', ALONE))
    expect(shown).toContain(failure('booby/booby', 'threw something that throws when it is looked at', ALONE))
  })

  it('is told with its last words when it throws outside of any call', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne(
      bench(
        'late',
        `setup: () => { setTimeout(() => { throw new Error('too late') }) },
         fn: () => new Promise((resolve) => setTimeout(resolve))`,
      ),
    )
    expect(exitCode).toBe(3)
    expect(shown).toContain('✗ late/late: its process ended with exit code 1 before it had measured; its last words:')
    expect(shown).toContain('Error: too late')
    expect(shown).toContain('A benchmark must not call process.exit, and must leave no error uncaught.')
  })
})

describe('a bench file that Node’s type stripping refuses', () => {
  it('is told what to write instead', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'benches/colour.bench.ts': `enum Colour { Red }\nexport default { name: 'colour', fn: () => Colour.Red }`,
    })
    expect(exitCode).toBe(3)
    expect(shown).toMatch(
      /✗ benches\/colour\.bench\.ts: cannot be loaded: SyntaxError: TypeScript enum is not supported in strip-only mode \(\S+colour\.bench\.ts:1\) Node only strips types/,
    )
    expect(shown).toContain('write `const Colour = { red: "red" } as const` for an enum')
  })
})

describe('a benchmark that never resolves', () => {
  it('is ended at once when nothing could resolve its promise, and at its time limit when something might', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'perf-kit.config.ts': shortConfig({ forkTimeout: '3s' }),
      ...bench('stuck', `fn: () => new Promise(() => undefined)`),
      ...bench('alive', `fn: () => new Promise(() => setInterval(() => undefined, 1000))`),
      ...bench('endless', `fn: (_, iteration) => { while (iteration >= 0); }`),
    })
    expect(exitCode).toBe(3)
    const limit = 'Check that its promises resolve; if it is only slow, raise `bench.forkTimeout` in the config.'
    expect(shown).toContain(failure('alive/alive', 'did not end within 3 s', limit))
    expect(shown).toContain(failure('endless/endless', 'did not end within 3 s', limit))
    expect(shown).toContain(
      failure(
        'stuck/stuck',
        'waits for a promise that nothing can resolve any more',
        'Resolve every promise that setup, fn or teardown returns.',
      ),
    )
  })
})

describe('a benchmark that resolves with garbage', () => {
  it('is measured whatever it returns, and told when waiting for its result throws', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      ...bench('proxy', `fn: () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy }`),
      ...bench('symbol', `fn: () => Symbol('result')`),
      ...bench('thenable', `fn: () => ({ then() { throw new Error('no then') } })`),
      ...bench('rejects', `fn: async () => { throw null }`),
    })
    expect(exitCode).toBe(3)
    expect(shown).toMatch(rowOf('proxy'))
    expect(shown).toMatch(rowOf('symbol'))
    expect(shown).toMatch(/✗ thenable\/thenable: Error: no then \(at \S+ \(file:\S+thenable\.bench\.ts:1:\d+\)\)/)
    expect(shown).toContain(failure('rejects/rejects', 'threw null, which is no Error', ALONE))
    expect(shown).toContain('3 measured, 2 failed')
  })

  it('is told what is wrong with what its file exports', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'benches/text.bench.ts': `export default 'hello'`,
      'benches/holes.bench.ts': `export default [null]`,
      'benches/named.bench.ts': `export default { name: 'a/b', fn: () => 1 }`,
      ...bench('nothing', ``),
      ...bench('hook', `setup: 'first', fn: () => 1`),
      ...bench('range', `args: { tools: [] }, fn: () => 1`),
      ...bench('object', `args: { tools: [{}] }, fn: () => 1`),
      ...bench('twice', `args: { tools: [1, 2, 1] }, fn: () => 1`),
    })
    expect(exitCode).toBe(3)
    const expected: readonly (readonly [string, string, string])[] = [
      ['text', 'exports hello, which is no benchmark', SHAPE],
      ['holes', 'exports null, which is no benchmark', SHAPE],
      ['named', 'has a benchmark without a usable name (letters, digits and " ._:+-"): a/b', SHAPE],
      ['nothing', 'benchmark "nothing" has no function `fn`', SHAPE],
      ['hook', 'benchmark "hook": `setup` is no function', SHAPE],
      ['range', 'benchmark "range": argument "tools" has no usable range', RANGES],
      ['object', 'benchmark "object": argument "tools" has no usable range', RANGES],
      ['twice', 'benchmark "twice": argument "tools" holds a value twice', RANGES],
    ]
    for (const [file, message, remedy] of expected) {
      expect(shown).toContain(failure(`benches/${file}.bench.ts`, message, remedy))
    }
  })

  it('is told when it writes into the pipe that its results come through', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      ...bench(
        'scribbles',
        `setup: async () => (await import('node:fs')).writeSync(3, 'null\\nhello'), fn: (_, i) => i`,
      ),
    })
    expect(exitCode).toBe(3)
    expect(shown).toContain(
      failure(
        'scribbles/scribbles',
        'wrote something of its own into file descriptor 3',
        'Leave file descriptors 3 and 4 alone: the results come through them.',
      ),
    )
  })
})

describe('a benchmark that is empty', () => {
  it('is told whether the file, the list or the function is', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'benches/file.bench.ts': '',
      'benches/list.bench.ts': 'export default []',
      ...bench('body', 'fn: () => {}'),
    })
    expect(exitCode).toBe(3)
    expect(shown).toContain(failure('benches/file.bench.ts', 'has no default export, so it holds no benchmark', SHAPE))
    expect(shown).toContain(failure('benches/list.bench.ts', 'exports an empty array, so it holds no benchmark', SHAPE))
    expect(shown).toContain(
      '! body/body: costs no more than an empty function, so V8 has probably removed the work: return a value that depends on it',
    )
    expect(shown).not.toContain('works/works: costs no more')
  })
})

describe('a duplicate name', () => {
  it('fails both benchmarks, in one file or in two of a suite, and says where they are', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'benches/suite/same.bench.ts': `const fn = (_, i) => i; export default [{ name: 'same', fn }, { name: 'same', fn }]`,
      'benches/suite/here.bench.ts': `export default { name: 'spread', fn: (_, i) => i }`,
      'benches/suite/there.bench.ts': `export default { name: 'spread', fn: (_, i) => i }`,
    })
    expect(exitCode).toBe(3)
    const remedy = 'Give each benchmark of a suite a name of its own.'
    const sameFile = 'is defined 2 times: benches/suite/same.bench.ts, benches/suite/same.bench.ts'
    const twoFiles = 'is defined 2 times: benches/suite/here.bench.ts, benches/suite/there.bench.ts'
    expect(shown).toContain(failure('suite/same', sameFile, remedy))
    expect(shown).toContain(failure('suite/spread', twoFiles, remedy))
    expect(shown).toContain('1 measured, 2 failed')
  })
})

describe('a benchmark that ends its process', () => {
  it('is told so, at import and while it is measured, also with exit code 0', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      ...bench('leaves', `fn: () => process.exit(0)`),
      'benches/gone.bench.ts': `process.exit(7)`,
    })
    expect(exitCode).toBe(3)
    const remedy = 'A benchmark must not call process.exit, and must leave no error uncaught.'
    const atImport = 'its process ended with exit code 7 before it had measured'
    const measured = 'its process ended with exit code 0 before it had measured'
    expect(shown).toContain(failure('benches/gone.bench.ts', atImport, remedy))
    expect(shown).toContain(failure('leaves/leaves', measured, remedy))
  })
})

describe('a benchmark that allocates without end', () => {
  it('is ended at its limit, on the heap and outside of it', async () => {
    const { exitCode, shown } = await benchBesideWorkingOne({
      'perf-kit.config.ts': shortConfig({ memoryLimit: '160MiB' }),
      ...bench('heap', `setup: () => [], fn: (kept, i) => kept.push(new Array(1000).fill(i))`),
      ...bench('buffers', `setup: () => [], fn: (kept) => kept.push(Buffer.alloc(100_000, 1))`),
    })
    expect(exitCode).toBe(3)
    const message = 'needs more than its 160 MiB of memory'
    const remedy = 'Check that it keeps nothing from call to call; if it must be large, raise `bench.memoryLimit`.'
    expect(shown).toContain(failure('heap/heap', message, remedy))
    expect(shown).toContain(failure('buffers/buffers', message, remedy))
  })
})

describe('a benchmark that prints', () => {
  it('is measured and warned of, and what it prints stays out of the report', async () => {
    await using project = await TemporaryProject.create({
      ...bench(
        'loud',
        `fn: (_, i) => { if (i % 1000 === 0) { console.log('{"out"'); console.error('err') } return i }`,
      ),
      'benches/works.bench.ts': WORKING_BENCH,
    })
    const ended = await perfKit(project, ['bench', '--json', '--quiet'])
    const report = reportOf(ended)
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    const codes = report.runs.map(({ suite, warnings }) => [suite, warnings.map(({ code }) => code)])
    expect(codes).toEqual([
      ['loud', expect.arrayContaining(['PRINTS'])],
      ['works', expect.not.arrayContaining(['PRINTS'])],
    ])
  })
})

describe('what a benchmark starts', () => {
  it('ends with it: processes, servers and timers', async () => {
    const { shown } = await benchBesideWorkingOne(
      bench(
        'parent',
        `setup: async () => {
           const { spawn } = await import('node:child_process')
           spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['inherit', 'inherit', 'inherit', 3] })
           ;(await import('node:http')).createServer().listen(0)
           setInterval(() => undefined, 1000)
         },
         fn: (_, iteration) => Math.sqrt(iteration)`,
      ),
    )
    expect(shown).toMatch(rowOf('parent'))
  })
})
