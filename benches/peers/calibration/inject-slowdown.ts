import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CalibrationSubject } from './subjects.ts'

const BURN_FILE = 'packages/gateway/src/burn.ts'

/** Work that V8 cannot drop or shorten: each step needs the one before, and the last is kept. */
function burnSource(steps: number): string {
  return `let kept = 1

export function burn(): void {
  let value = kept
  for (let step = 0; step < ${Math.round(steps)}; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0
  kept = value
}
`
}

/** Put a call of \`burn\` into the code that a subject measures, in the checkout at \`root\`; undo with the returned function. */
export async function injectSlowdown(
  root: string,
  { injection: { file, before }, subject }: CalibrationSubject,
  steps: number,
): Promise<() => Promise<void>> {
  const path = join(root, file)
  const original = await readFile(path, 'utf8')
  if (original.split(before).length !== 2) throw new Error(`${subject}: ${file} does not hold its place exactly once`)
  await writeFile(join(root, BURN_FILE), burnSource(steps))
  await writeFile(path, `import { burn } from './burn.ts'\n${original.replace(before, `burn()\n${before}`)}`)
  return () => writeFile(path, original)
}
