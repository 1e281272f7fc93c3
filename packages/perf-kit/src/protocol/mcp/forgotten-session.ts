import type { McpAnswer } from './mcp-answer.ts'

const NOT_FOUND = 404
const BAD_REQUEST = 400
/** What servers say of one that they do not know, or want and have not got; a tool may be called after sessions too. */
const NO_SESSION =
  /session[ -]?id|\b(?:no|unknown|invalid|expired|missing)\b[^"]{0,12}session\b|session\b[^"]{0,20}(?:not found|expired|unknown|terminated)|not initiali[sz]ed/i

/**
 * Whether a server has refused a call because it does not know its session. MCP asks for 404; some servers answer 400, as they do to other
 * mistakes, and only the text tells those apart.
 *
 * @param hasAnswered - well: a session that never has is not to be opened again and again
 */
export function isForgotten(answer: McpAnswer, hasAnswered: boolean): boolean {
  if (answer.status === NOT_FOUND) return true
  return answer.status === BAD_REQUEST && hasAnswered && answer.says(NO_SESSION)
}
