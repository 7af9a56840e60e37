const os = require('node:os')
const v8 = require('node:v8')
const { createHistogram, monitorEventLoopDelay, performance, PerformanceObserver } = require('node:perf_hooks')

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const histogram = createHistogram()
const collector = new v8.GCProfiler()
collector.start()
const observer = new PerformanceObserver((list) => {
  for (const { name, entryType, startTime, duration } of list.getEntries())
    console.log(entryType, name, startTime, duration)
})
observer.observe({ entryTypes: ['mark', 'measure', 'function', 'gc'] })
const timed = performance.timerify(
  function timed() {
    histogram.recordDelta()
    return globalThis.gc?.()
  },
  { histogram },
)
console.log(process.pid, process.ppid, os.hostname(), os.cpus().length, os.availableParallelism())
console.log(
  os.userInfo().username.length > 0,
  os.homedir(),
  os.tmpdir(),
  os.release(),
  os.getPriority(),
  os.getPriority(process.pid),
)
process.on('SIGUSR2', () => undefined)
let rounds = 0
const interval = setInterval(() => {
  console.log(JSON.stringify(process.memoryUsage()), process.memoryUsage.rss(), JSON.stringify(process.cpuUsage()))
  console.log(process.resourceUsage().minorPageFault, process.uptime(), process.availableMemory())
  console.log(JSON.stringify(process.cpuUsage(process.cpuUsage())), process.constrainedMemory())
  console.log(os.freemem(), os.totalmem(), os.loadavg(), os.uptime(), JSON.stringify(os.networkInterfaces()).length)
  console.log(v8.getHeapStatistics().used_heap_size, v8.getHeapSpaceStatistics()[1].space_used_size)
  console.log(v8.getHeapCodeStatistics().code_and_metadata_size, JSON.stringify(performance.eventLoopUtilization()))
  console.log(
    delay.mean,
    delay.max,
    delay.count,
    delay.percentile(50),
    [...delay.percentiles],
    delay.maxBigInt,
    [...delay.percentilesBigInt],
    performance.nodeTiming.bootstrapComplete,
  )
  console.log(performance.nodeTiming.idleTime, JSON.stringify(performance.nodeTiming.uvMetricsInfo))
  console.log(JSON.stringify(performance.toJSON()), performance.mark(`mark ${rounds}`).startTime)
  console.log(performance.measure('measure', `mark ${rounds}`).duration, performance.getEntriesByName('measure').length)
  timed()
  console.log(histogram.count, histogram.max, histogram.mean)
  console.log(process.getActiveResourcesInfo(), process._getActiveHandles().length, process._getActiveRequests().length)
  if (++rounds === 3) {
    clearInterval(interval)
    delay.disable()
    console.log(JSON.stringify(collector.stop()).length, process.report.getReport().header.threadId)
  }
}, 5)
