import { createRequire } from 'node:module'
import type { z } from 'zod'

const require = createRequire(import.meta.url)

export type Zod = typeof z

/** The schema library, loaded at the first call: it takes longer to load than all else that an import of the package does. */
export function loadZod(): Zod {
  const loaded: { readonly z: Zod } = require('zod')
  return loaded.z
}

/** A schema that is made when it is first asked for. */
export function lazySchema<Schema extends z.ZodType>(make: (z: Zod) => Schema): () => Schema {
  let schema: Schema | undefined
  return () => {
    schema ??= make(loadZod())
    return schema
  }
}
