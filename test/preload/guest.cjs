const names = Object.keys(process.env).filter((name) => name.startsWith('LLFT_'))
console.log(
  JSON.stringify({
    names,
    path: process.env.PATH,
    execArgv: process.execArgv,
    argv: process.argv.slice(2),
    preloads: process._preload_modules,
  }),
)
