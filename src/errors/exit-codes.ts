/**
 * What `llft` ends with when it does not end with the program's own code (experience.md section 2). Scripts depend on
 * these numbers: they never change their meaning.
 */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  configuration: 3,
  doctorFault: 4,
  noPrimary: 5,
  divergence: 6,
  timeout: 7,
  benchMissed: 8,
  notPrimary: 10,
  notExecutable: 126,
  notFound: 127,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
