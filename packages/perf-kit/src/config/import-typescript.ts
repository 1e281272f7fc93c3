import { pathToFileURL } from 'node:url'

/** What Node's type stripping refuses and other TypeScript tools take: enums, parameter properties, imports without an ending. */
const REFUSED_BY_NODE = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

/** A type that is imported like a value: stripped of its types, the file asks for an export that is not there. */
const TYPE_AS_VALUE = /does not provide an export named/

/**
 * Import a module of the user's: with Node's own type stripping, or with jiti where that refuses what TypeScript allows.
 * A module that was run and failed by itself is not run a second time.
 *
 * @returns the module's namespace
 * @throws whatever loading it throws; where both ways fail, what the one that understands the file says
 */
export async function importTypeScript(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    return await importWithJiti(file).catch((later: unknown) => {
      throw codeOf(cause) === 'ERR_MODULE_NOT_FOUND' ? cause : later
    })
  }
}

function isRefusal(cause: unknown): boolean {
  const isTypeAsValue = cause instanceof SyntaxError && TYPE_AS_VALUE.test(cause.message)
  return isTypeAsValue || REFUSED_BY_NODE.has(codeOf(cause) ?? '')
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

/** Loaded only when it is needed; without its cache on the disk, which nobody would ever clean. */
async function importWithJiti(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  return await createJiti(pathToFileURL(file).href, { fsCache: false, moduleCache: false }).import(file)
}
