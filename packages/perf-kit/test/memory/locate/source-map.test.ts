import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { OriginalSource } from '../../../src/memory/locate/source-map.ts'
import { TemporaryFolder } from '../snapshot/temporary-folder.ts'

/** Types take lines that are gone when it is compiled. */
const SOURCE = `interface Session {
  readonly id: number
  readonly token: string
}

const sessions: Session[] = []

export function keep(id: number): void {
  sessions.push({ id, token: 'x' })
}
`
const KEEP_LINE = 8

interface Compiled {
  readonly file: string
  /** where `keep` begins in it */
  readonly line: number
  readonly column: number
}

async function compiled(folder: TemporaryFolder, options: ts.CompilerOptions): Promise<Compiled> {
  const { outputText, sourceMapText } = ts.transpileModule(SOURCE, {
    fileName: 'server.ts',
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, ...options },
  })
  if (sourceMapText !== undefined) await folder.write('server.js.map', sourceMapText)
  const lines = outputText.split('\n')
  const index = lines.findIndex((line) => line.includes('function keep'))
  return {
    file: await folder.write('server.js', outputText),
    line: index + 1,
    column: (lines[index] ?? '').indexOf('(') + 1,
  }
}

describe('a file that was compiled', () => {
  it.each([
    ['beside it', { sourceMap: true }, 'server.ts'],
    ['in it', { inlineSourceMap: true }, 'server.ts'],
    ['with a root for its sources', { sourceMap: true, sourceRoot: '../src/' }, '../src/server.ts'],
  ])('leads to the line that was written, by a map %s', async (_title, options, source) => {
    await using folder = await TemporaryFolder.create()
    const { file, line, column } = await compiled(folder, options)
    expect(line).toBeLessThan(KEEP_LINE)
    const original = await OriginalSource.of(file)
    expect(original?.placeOf(line, column)).toEqual({ file: join(folder.file('.'), source), line: KEEP_LINE })
  })

  it.each([
    ['names no map', 'export const one = 1\n'],
    ['names one that is not there', '//# sourceMappingURL=gone.map\n'],
    ['names one that is no map', '//# sourceMappingURL=data:application/json,[1]\n'],
    ['names one that is no JSON', '//# sourceMappingURL=data:application/json,{\n'],
    ['names one elsewhere', '//# sourceMappingURL=http://127.0.0.1:1/server.js.map\n'],
  ])('stays as it is when it %s', async (_title, text) => {
    await using folder = await TemporaryFolder.create()
    expect(await OriginalSource.of(await folder.write('server.js', text))).toBeUndefined()
  })

  it('stays as it is when there is none', async () => {
    await using folder = await TemporaryFolder.create()
    expect(await OriginalSource.of(folder.file('gone.js'))).toBeUndefined()
  })
})
