/** Nothing failed, but something that LLFT promises holds no longer, or holds in a smaller measure. */
export const WARNINGS = {
  LLFT_W_ONE_REPLICA: {
    exit: 'none',
    what: 'One replica only: nothing survives its crash.',
    why: 'the memory of the program exists once',
    fix: 'llft run -r 3 -- {command}',
  },
  LLFT_W_ONE_HOST: {
    exit: 'none',
    what: 'All replicas are on this host: the group survives crashes of processes only.',
    why: 'nothing that runs on one host outlives it',
    fix: 'run the replicas on several hosts: llft replica --help',
  },
  LLFT_W_HISTORY_FULL: {
    exit: 'none',
    what: 'The history of {group} has reached {bytes} bytes: replicas that end are not replaced any more.',
    why: 'a new replica executes the whole history from the start, and no more of it is kept than --history-bytes-max',
    fix: 'plan a restart before the last replica ends, or start with a larger --history-bytes-max',
  },
  LLFT_W_ADMIN_PORT: {
    exit: 'none',
    what: 'The admin address is {address}, because {wanted} is in use.',
    why: 'another group, or another program, has that port',
    fix: 'nothing to do: `llft status` finds it; to choose one: --admin host:port',
  },
  LLFT_W_REPLICA_DIVERGED: {
    exit: 'none',
    what: 'Replica {id} stopped, because it differs from the primary at entry {index}: {difference}.',
    why: 'something that the program uses is not put in order by LLFT, so this replica came to another state',
    fix: 'nothing to do, a new one takes its place; please report it with the program that shows it',
  },
  LLFT_W_GATEWAY_RESTARTED: {
    exit: 'none',
    what: 'The gateway ended ({outcome}) and was started again: {streams} client connections were reset.',
    why: 'the gateway process holds the TCP connections; the program and its memory are not affected',
    fix: 'clients connect again; if it happens again, please report it',
  },
  LLFT_W_NET_BUFFERS: {
    exit: 'none',
    what: 'The kernel gives UDP sockets a receive buffer of {received} bytes instead of {asked}.',
    why: 'datagrams that arrive while the program computes and do not fit are dropped, and sent again later',
    fix: 'sudo sysctl -w net.core.rmem_max={asked} net.core.wmem_max={asked}',
  },
  LLFT_W_LISTEN_FAILED: {
    exit: 'none',
    what: 'The gateway could not open a port for the program: {detail}.',
    why: 'the program has got the same error from its `listen`, as it would without LLFT',
    fix: 'free the port, or open it at another address: llft run --listen 127.0.0.1:8080=3000 -- ...',
  },
  LLFT_W_GATEWAY_CLIENTS: {
    exit: 'none',
    what: 'The gateway turned clients away: {detail}.',
    why: 'a limit was reached that protects the other clients',
    fix: 'see `llft status` for the number of connections; raise `ulimit -n` when descriptors are used up',
  },
  LLFT_W_REPLICA_REMOVED: {
    exit: 'none',
    what: 'Replica {replica} was removed from the group and is replaced.',
    why: 'it was silent, or so far behind that it would hold back the others',
    fix: 'see whether it was stopped by hand, swapped out, or short of processor time',
  },
  LLFT_W_REPLICA_STALLED: {
    exit: 'none',
    what: 'The main thread of {replica} has not answered for more than {windowMs} ms, and is waited for.',
    why: '{reason}',
    fix: 'if it computes for so long at a time, give --timing-window-ms more than its longest computation',
  },
  LLFT_W_REPLACEMENT_FAILED: {
    exit: 'none',
    what: 'A replacement replica did not join: {reason}.',
    why: 'the group goes on with {replicas} of {wanted} replicas; another attempt follows in {waitMs} ms',
    fix: 'see the messages above; `llft status` shows the replicas',
  },
  LLFT_W_STOP_FORCED: {
    exit: 'none',
    what: 'The program did not end within {graceMs} ms after {signal}, so it was ended.',
    why: 'it has a handler for the signal that did not finish in time',
    fix: 'let the handler end the process, or allow more time with --stop-grace-ms',
  },
  LLFT_W_NODE_VERSION: {
    exit: 'none',
    what: 'Node {version} has not been tested with LLFT, and is used because that was asked for.',
    why: 'the order is taken inside Node, below its public interface, which can change with every version',
    fix: 'use Node {tested}',
  },
} as const
