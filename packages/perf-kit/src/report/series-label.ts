const LABELS: Readonly<Record<string, string>> = {
  clients: 'clients',
  plannedRate: 'planned',
  succeeded: 'succeeded',
  failed: 'failed',
  notSent: 'not sent',
  responseTimeP50: 'response time p50',
  responseTimeP99: 'response time p99',
  responseTimeMax: 'response time, slowest',
  serviceTimeP50: 'service time p50',
  serviceTimeP99: 'service time p99',
  serviceTimeMax: 'service time, slowest',
  targetRss: 'target’s memory',
  targetHeapUsed: 'target’s heap used',
  targetHeapLeft: 'target’s heap after collections',
  targetExternal: 'target’s external memory',
  targetSockets: 'target’s sockets',
  targetDescriptors: 'target’s open files',
  targetHandles: 'target’s handles',
  targetCpu: 'target’s processors',
  targetLoopBusy: 'target’s event loop busy',
  targetGcShare: 'target’s garbage collection',
  targetLoopDelayP99: 'target’s event loop late, p99',
  targetLoopDelayMax: 'target’s event loop late, most',
}

/** What a series is called; one that this version does not know by the name it has. */
export function seriesLabel(name: string): string {
  return Object.hasOwn(LABELS, name) ? (LABELS[name] ?? name) : name
}
