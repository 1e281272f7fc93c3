import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PerfKitError } from '../../errors/index.ts'

const REMEDY = 'Install it beside this package: npm install --save-dev @clinic/doctor@11'
/** The version whose parts we know. */
const MAJOR = 11

export interface FoundDoctor {
  /** the file that it is loaded from */
  readonly path: string
  readonly version: string
}

/**
 * An optional peer of the package: found where the package itself is, or in the project that is looked at.
 *
 * @throws {PerfKitError} `ENGINE_MISSING` when it is in neither, or in another version
 */
export function findDoctor(project: string): FoundDoctor {
  let failure: unknown
  for (const from of [import.meta.url, join(project, 'package.json')]) {
    const require = createRequire(from)
    try {
      const path = require.resolve('@clinic/doctor')
      const manifest: { readonly version: string } = require(join(dirname(path), 'package.json'))
      return checked({ path, version: manifest.version })
    } catch (cause) {
      if (cause instanceof PerfKitError) throw cause
      failure = cause
    }
  }
  throw new PerfKitError('ENGINE_MISSING', 'Clinic.js Doctor is not installed', { cause: failure, remedy: REMEDY })
}

function checked(found: FoundDoctor): FoundDoctor {
  if (Number.parseInt(found.version, 10) === MAJOR) return found
  throw new PerfKitError('ENGINE_MISSING', `Clinic.js Doctor ${found.version} is not one that is known here`, {
    remedy: REMEDY,
  })
}
