import { Command, CommanderError, Option } from 'commander'
import { BENCH_OPTIONS, BENCHES } from '../bench/index.js'
import type { BenchInput, BenchName } from '../bench/index.js'
import { CHECK_OPTIONS } from '../check/index.js'
import { NUMBER_BOUNDS, OPTIONS } from '../config/index.js'
import type { OptionName, RunInput } from '../config/index.js'
import { EXIT } from '../errors/index.js'
import { bench } from './bench.js'
import { check } from './check.js'
import { events } from './events.js'
import type { EventsInput } from './events.js'
import { failover } from './failover.js'
import { gateway } from './gateway.js'
import { kill } from './kill.js'
import { replica } from './replica.js'
import { run } from './run.js'
import { add, remove } from './scale.js'
import { snapshot } from './snapshot.js'
import { status } from './status.js'
import type { Surroundings } from './surroundings.js'
import { usageError } from './usage.js'

type Flags = RunInput['flags']

const HOST_OPTIONS: readonly OptionName[] = ['group', 'advertise', 'peers']
const RUN_OPTIONS = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !isOfHosts(name))
/** What concerns the program's own process, and what the group as a whole. */
const REPLICA_OPTIONS: readonly OptionName[] = [...HOST_OPTIONS, 'guestStartMs', 'stopGraceMs', 'journal']
const GATEWAY_OPTIONS: readonly OptionName[] = [
  ...HOST_OPTIONS,
  'hostSilenceMs',
  ...RUN_OPTIONS.filter((name) => name !== 'name'),
]
/** Of a group that `llft check` runs. */
const CHECKED_OPTIONS: readonly OptionName[] = ['listen', 'guestStartMs']
const QUERY_OPTIONS: readonly OptionName[] = ['admin', 'name']

/** Parses the command line and does what it says; returns what the process ends with. Raises an `LlftError`. */
export async function execute(surroundings: Surroundings): Promise<number> {
  const { argv } = surroundings
  let exitCode: number = EXIT.ok
  const finish = async (result: Promise<number>): Promise<void> => {
    exitCode = await result
  }
  const program = makeProgram(surroundings.version)
  addOptions(program.command('run'), RUN_OPTIONS)
    .description('run a Node program as a group of replicas that survives the crash of its processes')
    .usage('[options] [--] <command> [args...]')
    .argument('[command...]', "the program's command line; everything from its first word on belongs to it")
    .passThroughOptions()
    .action((command: string[], options: object) => finish(run({ command, flags: options }, surroundings)))
  addCheck(program, finish, surroundings)
  addHostCommands(program, finish, surroundings)
  addQueries(program, finish, surroundings)
  addActions(program, finish, surroundings)
  addSnapshot(program, finish, surroundings)
  addBenches(program.command('bench'), (name, input) => finish(bench(name, input, surroundings)))
  return (await parse(program, argv)) ?? exitCode
}

type Finish = (result: Promise<number>) => Promise<void>

function addCheck(program: Command, finish: Finish, surroundings: Surroundings): void {
  const command = program.command('check')
  for (const [name, { spelling, help }] of Object.entries(CHECK_OPTIONS)) {
    command.addOption(repeated(new Option(spelling, help), name))
  }
  addOptions(command, CHECKED_OPTIONS)
    .option('--json', 'the results as JSON on stdout')
    .description('try whether replicas of a program do the same: names what is refused or differs, by file and line')
    .usage('[options] [--] <command> [args...]')
    .argument('[command...]', "the program's command line; everything from its first word on belongs to it")
    .passThroughOptions()
    .action((words: string[], options: object) => {
      const json = isSet(options, 'json')
      return finish(check({ command: words, flags: options, runFlags: options, json }, surroundings))
    })
}

function addHostCommands(program: Command, finish: Finish, surroundings: Surroundings): void {
  addOptions(program.command('replica'), REPLICA_OPTIONS)
    .description('run one replica of a group on several hosts on this host')
    .usage('--group <name> --advertise <host:port> --peers <host:port,...> [options] -- <command> [args...]')
    .argument('[command...]', "the program's command line")
    .passThroughOptions()
    .action((command: string[], options: object) => finish(replica({ command, flags: options }, surroundings)))
  addOptions(program.command('gateway'), GATEWAY_OPTIONS)
    .description(
      'run the gateway of a group on several hosts on this host: it holds the clients and keeps the membership',
    )
    .action((options: object) => finish(gateway({ flags: options }, surroundings)))
}

function addQueries(program: Command, finish: Finish, surroundings: Surroundings): void {
  addOptions(program.command('status'), QUERY_OPTIONS)
    .description('show the running group: primary, replicas, fail-overs')
    .option('--json', 'as JSON')
    .action((options: object) => finish(status(queryIn(options), surroundings)))
  addOptions(program.command('events'), QUERY_OPTIONS)
    .description('show what happened to the membership: who failed, who took over, how long each phase took')
    .option('-f, --follow', 'go on with what happens, until the group ends')
    .option('--json', 'as JSON, one event per line')
    .action((options: object) => finish(events(followIn(options), surroundings)))
}

function addActions(program: Command, finish: Finish, surroundings: Surroundings): void {
  addOptions(program.command('kill'), QUERY_OPTIONS)
    .description("kill a replica's process, as a crash would")
    .argument('<target>', '`primary`, or the id of a replica')
    .option('--json', 'as JSON')
    .action((target: string, options: object) => finish(kill(target, queryIn(options), surroundings)))
  addOptions(program.command('failover'), QUERY_OPTIONS)
    .description('hand over to a backup as planned: no client notices, and the old primary comes back as a backup')
    .option('--to <id>', 'which one; by default the next in the order of succession')
    .option('--json', 'as JSON')
    .action((options: object) => finish(failover({ ...queryIn(options), to: textIn(options, 'to') }, surroundings)))
  addOptions(program.command('add'), QUERY_OPTIONS)
    .description('start one more replica, which joins as a backup')
    .option('--json', 'as JSON')
    .action((options: object) => finish(add(queryIn(options), surroundings)))
  addOptions(program.command('remove'), QUERY_OPTIONS)
    .description('take a replica out of the group for good; a primary hands over first')
    .argument('<target>', '`primary`, or the id of a replica')
    .option('--json', 'as JSON')
    .action((target: string, options: object) => finish(remove(target, queryIn(options), surroundings)))
}

function addSnapshot(program: Command, finish: Finish, surroundings: Surroundings): void {
  addOptions(program.command('snapshot'), QUERY_OPTIONS)
    .description('let the program go on in fresh replicas, from a snapshot that it gives: no client notices')
    .option('--json', 'as JSON')
    .action((options: object) => finish(snapshot(queryIn(options), surroundings)))
}

function isOfHosts(name: OptionName): boolean {
  return name === 'hostSilenceMs' || HOST_OPTIONS.includes(name)
}

const BENCH_TEXTS: Readonly<Record<BenchName, string>> = {
  latency: 'round trips, beside what else there is',
  throughput: 'how much fits below 10 ms at the 99th percentile',
  failover: 'what clients see when the leader is killed, cut off or stopped',
  scale: 'how figures grow with replicas, message size, connections and non-deterministic calls',
}

function addBenches(command: Command, perform: (name: BenchName, input: BenchInput) => Promise<void>): void {
  command.description('measure LLFT beside plain Node and other ways to survive a crash').helpCommand(false)
  for (const name of BENCHES) {
    const child = command.command(name).description(BENCH_TEXTS[name])
    for (const [attribute, { flag, placeholder, help, benches }] of Object.entries(BENCH_OPTIONS)) {
      if (!benches.includes(name)) continue
      child.addOption(repeated(new Option(`${flag} ${placeholder}`, help), attribute))
    }
    child
      .option('--quick', 'a first look, in about a minute')
      .option('--json', 'the results as JSON on stdout')
      .action((flags: object) => perform(name, { flags, json: isSet(flags, 'json'), quick: isSet(flags, 'quick') }))
  }
}

function isSet(flags: object, name: string): boolean {
  return name in flags && (flags as Record<string, unknown>)[name] === true
}

function makeProgram(version: string): Command {
  const silent = { outputError: () => undefined }
  return new Command('llft')
    .description('Low latency fault tolerance for Node.js: a server survives kill -9 of its process')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureOutput(silent)
    .exitOverride()
}

function addOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) {
    const { flag, short, placeholder, help } = OPTIONS[name]
    const bounds = name in NUMBER_BOUNDS ? NUMBER_BOUNDS[name as keyof typeof NUMBER_BOUNDS] : undefined
    const text = bounds === undefined ? help : `${help} (default ${bounds.fallback})`
    command.addOption(
      repeated(new Option(`${short === undefined ? '' : `${short}, `}${flag} ${placeholder}`, text), name),
    )
  }
  return command
}

/** All that is given of it is kept, in order, under the name of the option's table. */
function repeated(option: Option, name: string): Option {
  option.attributeName = () => name
  return option.argParser((value, earlier: readonly string[] | undefined) => [...(earlier ?? []), value])
}

/** Undefined when an action has been performed: it knows what the process ends with. */
async function parse(program: Command, argv: readonly string[]): Promise<number | undefined> {
  try {
    await program.parseAsync(argv, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === EXIT.ok) return EXIT.ok
    if (error.code === 'commander.help') return EXIT.usage
    throw usageError(error, commandOf(program, argv))
  }
}

function followIn(options: object): EventsInput {
  return { ...queryIn(options), follow: isSet(options, 'follow') }
}

function textIn(options: object, name: string): string | undefined {
  const value: unknown = Object.entries(options).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

function queryIn(options: object): { readonly flags: Flags; readonly json: boolean } {
  return { flags: options, json: isSet(options, 'json') }
}

/** The innermost command that was named. */
function commandOf(program: Command, [word, ...more]: readonly string[]): Command {
  const child = program.commands.find((command) => command.name() === word)
  return child === undefined ? program : commandOf(child, more)
}
