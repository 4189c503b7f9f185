import { type SpawnOptions, spawn } from 'node:child_process'

export interface Ended {
  /** null: a signal ended it. */
  readonly status: number | null
  /** Standard output and standard error, as they came. */
  readonly output: string
}

/** Runs a program to its end. Rejects only if it cannot be started. */
export function runProgram(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString() }))
  })
}
