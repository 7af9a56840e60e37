/** `llft bench`. */
export const BENCH = {
  LLFT_E_USAGE_BENCH_NUMBER: {
    exit: 2,
    what: '{origin}: `{value}` is not usable.',
    why: 'it must be a whole number from {min} to {max}',
    fix: 'leave it out for what is usual, or see llft bench --help',
  },
  LLFT_E_USAGE_BENCH_NAME: {
    exit: 2,
    what: '{origin}: there is no `{value}`.',
    why: 'there are {known}',
    fix: '{origin} {suggestion}',
  },
  LLFT_E_USAGE_BENCH_ASSERT: {
    exit: 2,
    what: '--assert: `{value}` is not an objective.',
    why: '{reason}',
    fix: "--assert 'p99<50ms', 'p50/plain<2.2', 'throughput@llft-2>1000/s', 'gap<30ms' or 'lost<=0'",
  },
  LLFT_E_BENCH_FILE: {
    exit: 3,
    what: 'The report cannot be written to {file}: {reason}.',
    why: 'this was tried before anything was measured, so no figures are lost',
    fix: 'name a file in a folder that exists and may be written to',
  },
  LLFT_E_BENCH_NOTHING: {
    exit: 3,
    what: 'Nothing of {systems} can be measured here.',
    why: '{reason}',
    fix: 'install what is missing, or measure others with --systems; plain and llft need nothing but Node',
  },
  LLFT_E_BENCH_WRONG: {
    exit: 8,
    what: 'Answers of {system} were wrong: {wrongs}.',
    why: 'every request has one answer, in order; a single one that has not makes the figures worthless',
    fix: 'see the report for when it happened; for LLFT, please report it with the command and its seed, {seed}',
  },
  LLFT_E_BENCH_MISSED: {
    exit: 8,
    what: 'The objective {objective} was missed: {figure}.',
    why: 'it must hold at every point that was measured of that system',
    fix: 'look at the figures above; on a busy machine, repeat with more --rounds, or set objectives as ratios',
  },
  LLFT_E_BENCH_TIME: {
    exit: 7,
    what: 'The run was not over within {seconds} s, and was ended.',
    why: 'every run has a bound of time; this one had more to measure, or something hung: {doing}',
    fix: 'measure less (--systems, --rounds, --quick), or allow more with --time-limit',
  },
} as const
