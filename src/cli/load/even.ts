import type { Random } from './random.js'

/** Draws numbers below `count`, each as likely as any other, as independent customers come. */
export function drawEvenly(count: number, draws: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: draws }, () => Math.floor(random() * count))
}
