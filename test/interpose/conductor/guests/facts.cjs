const os = require('node:os')
const v8 = require('node:v8')
const { monitorEventLoopDelay, performance } = require('node:perf_hooks')

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
console.log(process.pid, process.ppid, os.hostname(), os.cpus().length, os.availableParallelism())
let rounds = 0
const interval = setInterval(() => {
  console.log(JSON.stringify(process.memoryUsage()), process.memoryUsage.rss(), JSON.stringify(process.cpuUsage()))
  console.log(process.resourceUsage().minorPageFault, process.uptime(), process.availableMemory())
  console.log(os.freemem(), os.totalmem(), os.loadavg(), os.uptime(), JSON.stringify(os.networkInterfaces()).length)
  console.log(v8.getHeapStatistics().used_heap_size, v8.getHeapSpaceStatistics()[1].space_used_size)
  console.log(v8.getHeapCodeStatistics().code_and_metadata_size, JSON.stringify(performance.eventLoopUtilization()))
  console.log(
    delay.mean,
    delay.max,
    delay.percentile(50),
    [...delay.percentiles],
    performance.nodeTiming.bootstrapComplete,
  )
  console.log(performance.nodeTiming.idleTime, JSON.stringify(performance.nodeTiming.uvMetricsInfo))
  if (++rounds === 3) {
    clearInterval(interval)
    delay.disable()
  }
}, 5)
