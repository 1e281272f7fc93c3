/** The application must not hear of what goes wrong with the agent. */
export function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // Whoever waits for an answer knows by a clock of its own that none came.
  }
}
