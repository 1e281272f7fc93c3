import type { z } from 'zod'
import { lazySchema } from '../run/index.ts'

/** A request as a file or a configuration has it. */
export const httpRequestSchema = lazySchema((z) =>
  z
    .strictObject({
      /** In reports; by default its method and path. */
      name: z.string().min(1).optional(),
      /** How often it is drawn, in proportion to the others; by default 1. */
      weight: z.number().gt(0).optional(),
      method: z.string().min(1).optional(),
      /** From / on, with its query. */
      path: z.string().startsWith('/', { error: 'a path begins with /' }).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      /** Text, or what is sent as its JSON. */
      body: z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
    })
    .transform(({ name, weight, method, path, headers, body }) => ({
      ...(name === undefined ? {} : { name }),
      ...(weight === undefined ? {} : { weight }),
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })),
)

/** What was read of it: nothing is there that was not given. */
export type ReadRequest = z.output<ReturnType<typeof httpRequestSchema>>
