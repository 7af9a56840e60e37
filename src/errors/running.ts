/** The network cannot be used as was asked for. */
export const NET = {
  LLFT_E_NET_NO_MULTICAST: {
    exit: 3,
    what: 'Multicast does not work here: {reason}.',
    why: 'many containers and cloud networks drop it, and a kernel can be told to refuse it',
    fix: '{command}, which falls back to unicast',
  },
  LLFT_E_NET_ADVERTISE: {
    exit: 3,
    what: 'The address {address} cannot be opened: {reason}.',
    why: 'other hosts reach this part of the group there, so it must be an address of this host, and free',
    fix: 'give --advertise an IPv4 address of this host and a free port, like 10.0.0.4:7702',
  },
  LLFT_E_NET_NO_HELLO: {
    exit: 3,
    what: 'The parts of the group cannot be found by multicast here: {reason}.',
    why: 'each says to a multicast address that it is there, which needs an interface that can do so at --advertise',
    fix: 'name the other parts: --peers 10.0.0.5:7702,10.0.0.6:7702',
  },
  LLFT_E_NET_EARLIER_GROUP: {
    exit: 3,
    what: 'A host runs a replica (pid {pid}) of another group with the same name.',
    why: 'its memory belongs to a group that this gateway has neither founded nor adopted',
    fix: 'give one of the groups another --group, or end that host (Ctrl-C in llft replica) and start it again',
  },
  LLFT_E_NET_CUT_OFF: {
    exit: 5,
    what: 'No host of {group} is heard any more: this gateway is cut off, or all hosts are lost.',
    why: 'a host that says nothing for --host-silence-ms is given up, and no replica that has caught up is left',
    fix: 'start it again: hosts that live keep their replicas, and it adopts them when it hears them',
  },
  LLFT_E_NET_SUPERSEDED: {
    exit: 5,
    what: 'The gateway at {by} has adopted {group}: this one lets nothing more out, and ends.',
    why: 'the hosts did not hear this one for some time, and two gateways must not both rule a group',
    fix: 'nothing to do, the other one serves the group; started again, this one stands by, or adopts the replicas',
  },
  LLFT_E_NET_HOST_OVER: {
    exit: 'program',
    what: 'The gateway of {group} has ended this host: {reason}.',
    why: 'one gateway keeps the membership of a group, and its hosts follow it',
    fix: 'start it again when the reason is gone: llft replica --group {group} ...',
  },
  LLFT_E_FENCING_STORE: {
    exit: 3,
    what: 'The lease of the group cannot be asked for: {store} does not answer ({reason}).',
    why: 'with --fencing lease nothing is let out without a lease, so the group is not started without one',
    fix: 'start etcd, or correct --etcd; on several hosts: --fencing majority; with no other gateway: --fencing none',
  },
  LLFT_E_FENCING_LOST: {
    exit: 5,
    what: 'The lease of {group} is now held by {holder}.',
    why: 'it was not renewed in time, and another gateway has taken it: two must not both let output out',
    fix: 'nothing to do, the other one serves the group; started again, this one stands by, or adopts the replicas',
  },
} as const

/** The program did not start, ended, or its replicas contradict each other. */
export const GUEST = {
  LLFT_E_GUEST_NOT_FOUND: {
    exit: 127,
    what: 'The command `{command}` was not found.',
    why: 'no file of that name is in PATH, or the path leads nowhere',
    fix: 'check the spelling, or give the path: llft run -- node ./server.js',
  },
  LLFT_E_GUEST_NOT_EXECUTABLE: {
    exit: 126,
    what: 'The command `{command}` cannot be executed.',
    why: '{reason}',
    fix: 'chmod +x {command}, or name the program that runs it: llft run -- node {command}',
  },
  LLFT_E_GUEST_NOT_REACHED: {
    exit: 7,
    what: 'No Node program asked for its place in the group within {waitedMs} ms.',
    why: '{reason}',
    fix: 'run the program directly (llft run -- node server.js), or give it longer with --guest-start-ms',
  },
  LLFT_E_GUEST_SECOND: {
    exit: 3,
    what: 'A second Node program asked for the place of `{first}`: `{second}`.',
    why: 'a replica is one process with one history; two programs in it would have no common order',
    fix: 'run one program per group: llft run -- {second}',
  },
  LLFT_E_GUEST_NODE_FLAG: {
    exit: 3,
    what: 'Node cannot be started with {flag} here.',
    why: 'it starts the program anew, in processes of its own, or makes it stand still; a replica does neither',
    fix: 'leave the flag out; to develop, run the program alone: node {flag} ...',
  },
  LLFT_E_GUEST_FINGERPRINT: {
    exit: 3,
    what: 'The replicas are not the same program: they differ in {parts}.',
    why: 'replicas that differ in code, Node, arguments or environment do not stay equal',
    fix: 'start every replica from the same files with the same environment',
  },
  LLFT_E_GUEST_EXITED_AT_START: {
    exit: 'program',
    what: '`{command}` ended with {outcome} before it had a place in the group.',
    why: 'it ended by itself before it ran any JavaScript under LLFT; what it printed is above',
    fix: 'check that it starts alone: {command}',
  },
  LLFT_E_GUEST_FAILED_ALIKE: {
    exit: 'program',
    what: 'Every replica failed in the same way: {outcome}.',
    why: 'replicas execute the same history, so an error of the program itself ends all of them at the same place',
    fix: 'the error is in the program, see its own message above; LLFT masks crashes of processes, not of programs',
  },
  LLFT_E_GUEST_CRASHED_ALIKE: {
    exit: 'program',
    what: '{count} replicas crashed at the same place of the history, entry {index}: {outcome}.',
    why: 'a crash that follows the history around (a native bug, memory used up) would end every further replica too',
    fix: 'see its last lines above; with more memory: llft run -- node --max-old-space-size=4096 ...',
  },
  LLFT_E_GUEST_NODE_VERSION: {
    exit: 3,
    what: 'Node {version} has not been tested with LLFT.',
    why: 'the order is taken inside Node, below its public interface, which can change with every version',
    fix: 'use Node {tested}',
  },
  LLFT_E_GUEST_SELF_TEST: {
    exit: 3,
    what: 'Node {version} is not ordered as it should be: {hook}.',
    why: 'a hook inside Node did not do what it does in the tested versions',
    fix: 'use an unmodified Node {tested}, without other preloads that change its insides',
  },
  LLFT_E_GROUP_START: {
    exit: 7,
    what: 'The group was not complete within {waitedMs} ms: {missing}.',
    why: 'the program is not started before every replica and the gateway are there',
    fix: 'see the messages above; on a busy machine use fewer replicas (-r 2) or a longer --guest-start-ms',
  },
  LLFT_E_GROUP_LOST: {
    exit: 5,
    what: 'No replica of {group} is left: {outcome}.',
    why: 'a group outlives its crashes as long as one replica that has caught up lives; its memory is gone now',
    fix: 'start it again; with more replicas (-r 5) it outlives more crashes at once',
  },
  LLFT_E_GATEWAY_START: {
    exit: 1,
    what: 'The gateway did not start: {reason}.',
    why: 'without the gateway process no client can reach the program',
    fix: 'see its messages above; if it happens again, please report it with them',
  },
  LLFT_E_BUG: {
    exit: 1,
    what: 'LLFT failed: {reason}.',
    why: 'this is an error in LLFT itself',
    fix: 'please report it with what is printed here and the command that was run',
  },
} as const

/** `llft status`, `llft kill` and the admin address. */
export const ADMIN = {
  LLFT_E_ADMIN_PORT_TAKEN: {
    exit: 3,
    what: 'The admin address {address} cannot be opened: {reason}.',
    why: 'it was asked for by name, so no other one is tried',
    fix: 'leave --admin out to get the next free port, or name a free one',
  },
  LLFT_E_ADMIN_NO_FREE_PORT: {
    exit: 3,
    what: 'No free port for the admin address from {first} to {last}.',
    why: 'every port that was tried is in use',
    fix: 'llft run --admin 127.0.0.1:0 -- ... takes any free port',
  },
  LLFT_E_ADMIN_NOT_RUNNING: {
    exit: 5,
    what: 'No running group was found.',
    why: 'no `llft run` of this user has left a runtime file whose process still lives',
    fix: 'start one: llft run -- node server.js; or say where it is: llft {command} --admin 127.0.0.1:7700',
  },
  LLFT_E_ADMIN_UNREACHABLE: {
    exit: 5,
    what: 'Nothing answers at the admin address {address}: {reason}.',
    why: 'the supervisor of the group is gone, or the address is another one',
    fix: 'look at the Admin line that `llft run` printed, and use that address with --admin',
  },
  LLFT_E_ADMIN_SEVERAL_GROUPS: {
    exit: 2,
    what: 'There are {count} running groups: {groups}.',
    why: '`llft {command}` acts on one group, and does not guess which',
    fix: 'llft {command} --admin {example}',
  },
  LLFT_E_ADMIN_UNKNOWN_REPLICA: {
    exit: 2,
    what: 'There is no replica `{replica}`.',
    why: 'the group has {known}',
    fix: 'name one of these ids; `llft status` shows them',
  },
  LLFT_E_ADMIN_NO_PRIMARY: {
    exit: 5,
    what: '{group} has no primary at the moment.',
    why: 'the last one ended and the next is taking over, or the group is starting',
    fix: 'try again in a moment: llft status',
  },
  LLFT_E_ADMIN_NO_SUCCESSOR: {
    exit: 5,
    what: '{group} has no backup that could take over from {primary}.',
    why: 'only a backup that holds the whole history can become the primary, and there is none at the moment',
    fix: 'wait until `llft status` shows one as ready, or start one: llft add',
  },
  LLFT_E_ADMIN_FAILOVER_TARGET: {
    exit: 2,
    what: '{replica} cannot take over: {reason}.',
    why: 'a planned switch goes to a backup that holds the whole history',
    fix: 'llft failover, which chooses one, or one of: {known}',
  },
  LLFT_E_ADMIN_FAILOVER_GIVEN_UP: {
    exit: 7,
    what: '{to} did not catch up in time: {from} leads on.',
    why: 'a primary waits for its successor for a moment only, because clients wait meanwhile',
    fix: 'see the lag in `llft status` and try again; nothing was lost',
  },
  LLFT_E_ADMIN_FAILOVER_OTHER: {
    exit: 7,
    what: '{primary} leads instead of {to}.',
    why: '{to} failed, or was late, while {from} handed over to it, and the next one took its place',
    fix: 'see what happened with `llft events`, and try again; nothing was lost',
  },
  LLFT_E_SNAPSHOT_NOT_OFFERED: {
    exit: 7,
    what: 'The program of {group} offers no snapshot.',
    why: 'only a program knows what it needs to go on: it says so with `snapshot` of `llft/app`',
    fix: 'see docs/snapshots.md; without snapshots the group goes on as it is, and its history grows',
  },
  LLFT_E_SNAPSHOT_BUSY: {
    exit: 7,
    what: 'A snapshot of {group} is being taken.',
    why: 'its replicas are about to be replaced by those of the next generation',
    fix: 'see `llft events -f`, and try again when it is over',
  },
  LLFT_E_SNAPSHOT_KEPT: {
    exit: 7,
    what: 'No snapshot of {group} was taken: {reason}.',
    why: 'whatever goes wrong before the new generation has all that it needs, the present one goes on',
    fix: 'nothing was lost; see docs/snapshots.md for what declines a snapshot, and try again',
  },
  LLFT_E_ADMIN_BUSY: {
    exit: 7,
    what: '{from} is handing over to {to} already.',
    why: 'one planned switch ends before the next begins',
    fix: 'try again in a moment',
  },
  LLFT_E_ADMIN_LAST_REPLICA: {
    exit: 2,
    what: '{replica} is the only replica that holds the history.',
    why: 'without it the memory of the program would be lost',
    fix: 'wait until `llft status` shows another one as ready, or start one: llft add',
  },
  LLFT_E_ADMIN_REPLICAS_MAX: {
    exit: 2,
    what: 'The group has {max} replicas already.',
    why: 'more copies of the same work cost more than they are worth',
    fix: 'remove one first: llft remove <id>',
  },
  LLFT_E_ADMIN_ELSEWHERE: {
    exit: 2,
    what: 'The replicas of {group} are on other hosts, which start them.',
    why: 'a gateway alone cannot start a program on another host',
    fix: 'on the host that is to have one more: llft replica --group {group} ...',
  },
  LLFT_E_ADMIN_HISTORY_FULL: {
    exit: 3,
    what: 'The history of {group} is longer than --history-bytes-max: nobody can join any more.',
    why: 'a new replica executes the whole history from the start, and its beginning is not kept any more',
    fix: 'start the group with a larger --history-bytes-max',
  },
  LLFT_E_ADMIN_REQUEST: {
    exit: 2,
    what: 'The admin address does not understand the request: {reason}.',
    why: 'it answers what is listed in docs/operations.md, and nothing else',
    fix: 'use the llft commands of the same version as the running group',
  },
  LLFT_E_ADMIN_RUNTIME_FOLDER: {
    exit: 3,
    what: 'The folder {folder} belongs to another user.',
    why: 'the token that authorises actions on the group is kept there, and must be readable by its user only',
    fix: 'set XDG_RUNTIME_DIR to a folder of your own',
  },
  LLFT_E_ADMIN_TOKEN: {
    exit: 2,
    what: 'The group at {address} refused the request: the token is missing or wrong.',
    why: 'only who can read its runtime file may act on a group',
    fix: 'run the command as the user that started the group, on the same host',
  },
} as const
