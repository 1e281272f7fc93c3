import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readlink, stat, symlink } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { renderJson, renderLoadMarkdown, renderMarkdown } from '../../src/report/index.ts'
import { parseRun } from '../../src/run/index.ts'
import { makeRun } from '../baseline/make-run.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { OK, scriptedTarget } from '../load/scripted-target.ts'
import { damaged } from '../report/damaged-run.ts'
import { sampleLoadRun } from '../report/sample-load-run.ts'
import { sampleReport } from '../report/sample-report.ts'
import { MAIN, perfKit, userEnvironment } from './perf-kit-process.ts'

const RUN = sampleLoadRun()
const FILES = { 'run.json': JSON.stringify(RUN) }

describe('perf-kit report', { concurrent: true }, () => {
  it('shows a stored load as it was shown when it was measured', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await scriptedTarget(({ socket }) => socket.write(OK))
    const measured = await perfKit(project, ['load', target.url, '-c', '2', '-d', '500ms', '-q', '--json'])
    await project.write({ 'run.json': measured.stdout })
    const { exitCode, stdout, stderr } = await perfKit(project, ['report', 'run.json'])
    expect(stdout).toMatch(/^GET \/ · 2 clients\n/)
    expect(stdout).toContain(`${target.requests().toLocaleString('en-US')} × HTTP 200`)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  it('writes Markdown, JSON, and a page beside either', async () => {
    await using project = await TemporaryProject.create(FILES)
    const markdown = await perfKit(project, ['report', 'run.json', '--markdown', '--html', 'page.html'])
    expect(markdown.stdout).toBe(renderLoadMarkdown(RUN))
    expect(markdown.stderr).toBe('the page is in page.html\n')
    expect(await project.read('page.html')).toMatch(/^<!doctype html>\n/)
    const json = await perfKit(project, ['report', 'run.json', '--json', '--html', 'page.html', '-q'])
    expect(parseRun(json.stdout, 'stdout')).toEqual(RUN)
    expect(json.stderr).toBe('')
    expect((await readdir(project.directory)).filter((name) => name.startsWith('page'))).toEqual(['page.html'])
  })

  it('reads stdin where it is given -', async () => {
    await using project = await TemporaryProject.create({})
    const child = spawn(process.execPath, [MAIN, 'report', '-', '--markdown'], {
      cwd: project.directory,
      env: userEnvironment(),
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(JSON.stringify(RUN))
    const [stdout, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect(stdout).toBe(renderLoadMarkdown(RUN))
    expect(exitCode).toBe(0)
  })

  it('shows what bench has stored as bench shows it', async () => {
    const report = sampleReport()
    await using project = await TemporaryProject.create({
      'bench.json': renderJson(report),
      'one.json': JSON.stringify(makeRun()),
    })
    const markdown = await perfKit(project, ['report', 'bench.json', '--markdown'])
    expect(markdown.stdout).toBe(renderMarkdown(report))
    expect((await perfKit(project, ['report', 'one.json'])).stdout).toContain('1 measured')
    const page = await perfKit(project, ['report', 'bench.json', '--html', 'page.html'])
    expect(page.shown).toContain('bench.json holds benchmarks, of which there is no page yet')
    expect(page.exitCode).toBe(2)
  })

  it('shows an invalid Run, and says so: that it could be shown is what the exit code tells', async () => {
    const validity = { state: 'invalid' as const, reasons: ['not a single request succeeded'] }
    await using project = await TemporaryProject.create({ 'run.json': JSON.stringify({ ...RUN, validity }) })
    const { exitCode, stdout } = await perfKit(project, ['report', 'run.json'])
    expect(stdout).toContain('invalid:\n! not a single request succeeded')
    expect(exitCode).toBe(0)
  })

  it.each([
    ['without metrics', { ...RUN, metrics: [], series: [] }, 'nothing was measured'],
    ['without series', { ...RUN, series: undefined }, '2.00 k/s succeeded'],
  ])('shows a Run %s for what it is', async (_title, run, says) => {
    await using project = await TemporaryProject.create({ 'run.json': JSON.stringify(run) })
    const { exitCode, stdout } = await perfKit(project, ['report', 'run.json', '--html', 'page.html', '-q'])
    expect(stdout).toContain(says)
    expect(exitCode).toBe(0)
  })

  it('shows what can be read of a damaged Run, and exits with 3', async () => {
    await using project = await TemporaryProject.create({
      'run.json': JSON.stringify(damaged(RUN, 'responseTime', (data) => data.slice(0, 40))),
    })
    const { exitCode, stdout } = await perfKit(project, ['report', 'run.json', '--html', 'page.html', '-q'])
    expect(stdout).toContain('the histogram of responseTime cannot be decoded')
    expect(stdout).toContain('× HTTP 200')
    expect(await project.read('page.html')).toContain('the histogram of responseTime cannot be decoded')
    expect(exitCode).toBe(3)
  })

  it.each([
    ['that is empty', '', 'run.json is empty'],
    ['that is blank', ' \n', 'run.json is empty'],
    ['that is no JSON', '{"schema": "perf-kit/run",', 'run.json is not JSON'],
    ['that is no document', '[1, 2]', 'run.json is not a Run'],
    ['of a newer schema version', JSON.stringify({ ...RUN, schemaVersion: 9, news: 1 }), 'a newer perf-kit wrote it'],
    ['with a key that nobody knows', JSON.stringify({ ...RUN, more: 1 }), 'run.json is not a Run'],
    ['that tampers with prototypes', '{"__proto__": {}}', 'holds the key "__proto__"'],
    ['that is another document', '{"schema": "perf-kit/baseline"}', 'is a perf-kit/baseline, not a Run'],
    ['of a broken bench report', '{"schema": "perf-kit/bench-report"}', 'run.json is not a report of benchmarks'],
    ['of a newer bench report', '{"schema": "perf-kit/bench-report", "schemaVersion": 7}', 'a newer perf-kit wrote it'],
  ])('says what is wrong with a file %s', async (_title, content, says) => {
    await using project = await TemporaryProject.create({ 'run.json': content })
    const { exitCode, stdout, shown } = await perfKit(project, ['report', 'run.json', '--html', 'page.html'])
    expect(shown).toContain(says)
    expect(shown).toMatch(/→ \w/)
    expect(stdout).toBe('')
    expect(exitCode).toBe(3)
    await expect(stat(project.path('page.html'))).rejects.toThrow()
  })

  it.each([
    ['a file that is not there', ['none.json'], 'none.json cannot be read: ENOENT'],
    ['a folder', ['.'], '. cannot be read: EISDIR'],
    ['nothing', [], "missing required argument 'file'"],
    ['two forms at once', ['run.json', '--json', '--markdown'], "cannot be used with option '--json'"],
    ['a kind without a report', ['memory.json'], 'is a Run of kind memory, which has no report yet'],
  ])('is usage: %s', async (_title, args, says) => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'memory.json': JSON.stringify({ ...RUN, kind: 'memory' }),
    })
    const { exitCode, stdout, shown } = await perfKit(project, ['report', ...args])
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})

describe('a page that cannot be written', { concurrent: true }, () => {
  it.each([
    ['a folder that is missing', 'none/page.html', 'none does not exist → Make the folder first'],
    ['a folder itself', 'folder', 'folder is a folder'],
    ['below a file', 'run.json/page.html', 'run.json is no folder'],
    ['a pipe, or a device', 'pipe', 'pipe is no plain file'],
  ])('is usage, told before anything is read or driven: %s', async (_title, path, says) => {
    await using project = await TemporaryProject.create(FILES)
    await mkdir(project.path('folder'))
    execFileSync('mkfifo', [project.path('pipe')])
    for (const command of [
      ['report', 'run.json'],
      ['load', 'http://127.0.0.1:9/'],
      ['latency', 'http://127.0.0.1:9/'],
    ]) {
      const { exitCode, stdout, shown } = await perfKit(project, [...command, '--html', path])
      expect(shown).toContain(says)
      expect(stdout).toBe('')
      expect(exitCode).toBe(2)
    }
  })

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0)('is usage: a folder that this user may not write', async () => {
    await using project = await TemporaryProject.create(FILES)
    await mkdir(project.path('closed'))
    await chmod(project.path('closed'), 0o555)
    const { exitCode, shown } = await perfKit(project, ['report', 'run.json', '--html', 'closed/page.html'])
    expect(shown).toContain('closed is not writable')
    expect(exitCode).toBe(2)
  })

  it('leaves the old page when the disk takes no more', async () => {
    await using project = await TemporaryProject.create({ ...FILES, 'page.html': 'old' })
    // As a full disk, for one process: files may not become larger than 8 blocks.
    const limited = `ulimit -f 8; trap '' XFSZ; exec "$0" "$@"`
    const child = spawn('sh', ['-c', limited, process.execPath, MAIN, 'report', 'run.json', '--html', 'page.html'], {
      cwd: project.directory,
      env: userEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    expect(stderr).toMatch(/page\.html cannot be written: EFBIG/)
    expect(stderr).not.toContain('baselines.directory')
    // What was measured is told all the same.
    expect(stdout).toContain('2.00 k/s succeeded')
    expect(exitCode).toBe(3)
    expect(await project.read('page.html')).toBe('old')
    expect((await readdir(project.directory)).filter((name) => name.includes('page'))).toEqual(['page.html'])
  })

  it('replaces the file behind a link, and not the link', async () => {
    await using project = await TemporaryProject.create({ ...FILES, 'real.html': 'old' })
    await symlink('real.html', project.path('page.html'))
    await perfKit(project, ['report', 'run.json', '--html', 'page.html', '-q'])
    expect(await readlink(project.path('page.html'))).toBe('real.html')
    expect(await project.read('real.html')).toMatch(/^<!doctype html>/)
  })
})

describe('perf-kit load', { concurrent: true }, () => {
  it('prints Markdown and writes the page of what it has measured', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await scriptedTarget(({ socket }) => socket.write(OK))
    const args = ['load', target.url, '--rate', '100', '-d', '500ms', '-q', '--markdown', '--html', 'page.html']
    const { exitCode, stdout } = await perfKit(project, args)
    expect(stdout).toMatch(/^### GET \/ · 100\/s, constant$/m)
    expect(stdout).toContain(`| ✓ HTTP 200 | ${target.requests()} | 100 % |`)
    expect(await project.read('page.html')).toContain('<title>GET / · 100/s, constant · load report</title>')
    expect(exitCode).toBe(0)
  })
})
