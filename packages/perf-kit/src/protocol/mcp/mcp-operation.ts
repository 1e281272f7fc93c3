/** One thing to ask of an MCP server: `tools/call` of a tool, `tools/list`, `ping` … */
export interface McpOperation {
  readonly method: string
  /** must be JSON */
  readonly params: object
}

/** `tools/call echo`, `resources/subscribe load://a/1`, `ping`: as reports name it, without its arguments. */
export function operationName({ method, params }: McpOperation): string {
  const about = member(params, 'name') ?? member(params, 'uri')
  return about === undefined ? method : `${method} ${about}`
}

function member(params: object, key: string): string | undefined {
  const value: unknown = Reflect.get(params, key)
  return typeof value === 'string' ? value : undefined
}
