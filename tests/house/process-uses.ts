import ts from 'typescript'

/** What belongs to the process as a whole: its end, its standard streams, its arguments. */
const RESERVED: ReadonlySet<string> = new Set(['exit', 'exitCode', 'abort', 'stdout', 'stderr', 'stdin', 'argv'])
const MODULES: ReadonlySet<string> = new Set(['process', 'node:process', 'console', 'node:console'])

/** Where a source uses the process's end, standard streams or arguments, or the console: `line: text`. */
export function findProcessUses(source: string): string[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
  const uses: string[] = []
  const visit = (node: ts.Node): void => {
    if (usesProcess(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart())
      uses.push(`${line + 1}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return uses
}

function usesProcess(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return (
      isGlobal(node.expression, 'console') || (isGlobal(node.expression, 'process') && RESERVED.has(node.name.text))
    )
  }
  if (ts.isElementAccessExpression(node)) {
    return isGlobal(node.expression, 'console') || isGlobal(node.expression, 'process')
  }
  if (ts.isVariableDeclaration(node)) {
    return (
      ts.isObjectBindingPattern(node.name) &&
      node.initializer !== undefined &&
      (isGlobal(node.initializer, 'process') || isGlobal(node.initializer, 'console'))
    )
  }
  return (
    ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier) && MODULES.has(node.moduleSpecifier.text)
  )
}

/** `process`, or `globalThis.process`. */
function isGlobal(node: ts.Expression, name: string): boolean {
  if (ts.isIdentifier(node)) return node.text === name
  return ts.isPropertyAccessExpression(node) && node.name.text === name && isGlobal(node.expression, 'globalThis')
}
