/** One thing to ask of an MCP server: `tools/call` of a tool, `tools/list`, `ping` … */
export interface McpOperation {
  readonly method: string
  /** must be JSON */
  readonly params: object
}

/** `tools/call echo`, `resources/subscribe load://a/1`, `ping`: as reports name it, without its arguments. */
export function operationName(operation: McpOperation): string {
  const about = operationTopic(operation)
  return about === undefined ? operation.method : `${operation.method} ${about}`
}

/** The tool, prompt or resource that it is about. */
export function operationTopic({ params }: McpOperation): string | undefined {
  return member(params, 'name') ?? member(params, 'uri')
}

function member(params: object, key: string): string | undefined {
  const value: unknown = Reflect.get(params, key)
  return typeof value === 'string' ? value : undefined
}
