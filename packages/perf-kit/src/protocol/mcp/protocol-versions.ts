/** Revisions that a load can speak. */
export const MCP_VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const

export type McpVersion = (typeof MCP_VERSIONS)[number]

/** The last with sessions: what a server is offered that nobody has said anything of. */
export const SESSION_VERSION: McpVersion = '2025-11-25'

/** The first without: each request stands for itself. */
export const STATELESS_VERSION: McpVersion = '2026-07-28'
