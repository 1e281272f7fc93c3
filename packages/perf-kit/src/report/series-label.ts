const LABELS: Readonly<Record<string, string>> = {
  clients: 'clients',
  plannedRate: 'planned',
  succeeded: 'succeeded',
  failed: 'failed',
  notSent: 'not sent',
  responseTimeP50: 'response time p50',
  responseTimeP99: 'response time p99',
  responseTimeMax: 'response time, slowest',
}

/** What a series is called; one that this version does not know by the name it has. */
export function seriesLabel(name: string): string {
  return Object.hasOwn(LABELS, name) ? (LABELS[name] ?? name) : name
}
