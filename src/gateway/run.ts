import type { Readable, Writable } from 'node:stream'
import { lineOf, LineReader } from './control.js'
import type { GatewayCommand } from './control.js'
import type { OpenPort } from './side.js'
import { Sides } from './sides.js'

export interface ControlPipe {
  readonly input: Readable
  readonly output: Writable
}

/** Serves commands until `stop` or the end of the control pipe; resolves when everything is closed. */
export async function runGateway(pipe: ControlPipe, openPort: OpenPort): Promise<void> {
  const sides = new Sides((report) => pipe.output.write(lineOf(report)), openPort)
  await new Promise<void>((resolve) => {
    const commands = new LineReader((value) => {
      const command = value as GatewayCommand
      if (command.type === 'stop') resolve()
      else sides.obey(command)
    })
    pipe.input.setEncoding('utf8')
    pipe.input.on('data', (text: string) => commands.push(text))
    pipe.input.once('close', resolve)
    // A supervisor that is gone reads no reports either.
    pipe.output.once('error', () => resolve())
  })
  await sides.stop()
}
