import { type Command, Option } from 'commander'
import { ARRIVAL_KINDS } from '../load/index.ts'
import { budgetOption } from './budget-option.ts'
import { addMcpOptions } from './mcp-flags.ts'
import { collect, countOption, durationOption, sizeOption } from './option-values.ts'
import { addRepeatOptions } from './repeat-flags.ts'

/** What is asked, and how it is sent. */
export function addAskingOptions(command: Command): Command {
  const asking = command
    .addOption(new Option('--arrivals <kind>', 'how requests of a rate are spread').choices([...ARRIVAL_KINDS]))
    .option('--seed <number>', 'of Poisson arrivals, and of a mix', countOption(2 ** 31 - 1))
    .option('--timeout <duration>', 'of a request (default: 30s)', durationOption)
    .option('-m, --method <method>', 'default: GET, and POST with a body')
    .option('-H, --header <name: value>', 'may be given several times', collect)
    .option('--body <text>', 'the request’s body; {{payload 10kB}} in it, and elsewhere, is a text of that size')
    .addOption(
      new Option('--body-file <file>', 'the request’s body; gaps in it are filled as in --body').conflicts('body'),
    )
    .addOption(
      new Option('--body-size <size>', 'a body of so many bytes: 10kB')
        .argParser(sizeOption)
        .conflicts(['body', 'bodyFile']),
    )
    .option('--requests <file>', 'requests that are drawn by weight: a list in JSON, or one on each line')
    .option('--request-module <file>', 'requests from a function: the default export of a module')
    .option('--data <file>', 'rows for {{column}} in what is asked, one after the other: .csv or .jsonl')
    .option('--http2', 'speak HTTP/2: one request at a time on a connection, unless --streams says otherwise')
    .option('--no-http2', 'speak HTTP/1.1, also where the configuration says otherwise')
    .option('--streams <count>', 'of HTTP/2: clients that share a connection (default: 1)', countOption(10_000))
  return addMcpOptions(asking)
    .option('--connections <count>', 'at most so many of a rate (default: 1000)', countOption(20_000))
    .option('--threads <count>', 'of the generator (default: 1)', countOption(64))
    .option('--allow-remote', 'load may leave this machine: only for targets that are yours to load')
}

/** Options of every command that drives a target for a Run: what is asked, how it is sent, and what is printed. */
export function addRequestOptions(command: Command): Command {
  const driving = addAskingOptions(command)
    .option(
      '--budget <limits>',
      'what it has to keep to: p99=200ms,errors=0.1%,goodput=1000/s; those of the configuration too',
      budgetOption,
    )
    .option('--agent', 'look inside a target that is started, also where the configuration says otherwise')
    .option('--no-agent', 'do not look inside a target that is started: nothing of its CPU, memory, event loop and GC')
  return addRepeatOptions(driving)
    .option('--config <file>', 'configuration file (default: the nearest perf-kit.config.*)')
    .option('--json', 'print the Run as JSON')
    .addOption(new Option('--markdown', 'print Markdown').conflicts('json'))
    .option('--html <file>', 'write a page as well, which needs nothing but a browser')
    .option('-q, --quiet', 'no progress')
}
