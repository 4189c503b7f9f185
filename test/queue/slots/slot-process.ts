/** A process that claims slots as its parent's messages say, and answers each of them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimLowestSlot, claimSlot } from '../../../src/queue/slots/claim.js'
import { freeSlots } from '../../../src/queue/slots/free-slots.js'
import { removeSlot } from '../../../src/queue/slots/remove-slot.js'
import { openSlotRoot, type SlotRoot } from '../../../src/queue/slots/root.js'
import type { Slot } from '../../../src/queue/slots/slot.js'
import type { Answer, Order } from './support.js'

let root: SlotRoot | null = null
const slots = new Map<number, Slot>()

process.on('message', (order: Order) => {
  if (order.kind === 'leave') return process.disconnect()
  carryOut(order).then(answer, (error: Error & { code?: string }) =>
    answer({ error: { code: error.code ?? null, message: error.message } }),
  )
})

function answer(message: Answer): void {
  process.send?.(message)
}

async function carryOut(order: Exclude<Order, { kind: 'leave' }>): Promise<Answer> {
  if (order.kind === 'open') {
    root = openSlotRoot(order.path, order.options)
    return { value: root.warning }
  }
  if (root === null) throw new Error('no root is open')
  if (order.kind === 'free') return { value: (await freeSlots(root)).numbers }
  if (order.kind === 'churn') return { value: await churn(root, order.claims) }
  return { value: await withSlots(root, order) }
}

async function withSlots(
  from: SlotRoot,
  order: Extract<Order, { kind: 'claim' | 'isOurs' | 'release' | 'remove' }>,
): Promise<unknown> {
  if (order.kind === 'claim') {
    const slot = order.number === null ? await claimLowestSlot(from) : await claimSlot(from, order.number)
    if (slot !== null) slots.set(slot.number, slot)
    return slot === null ? null : slot.number
  }
  const slot = slots.get(order.number)
  if (slot === undefined) throw new Error(`slot ${order.number} was not claimed`)
  if (order.kind === 'isOurs') return slot.isOurs()
  slots.delete(order.number)
  return order.kind === 'remove' ? await removeSlot(slot) : await slot.release()
}

/** Takes and releases slot 0 again and again, and counts how often its folder shows another owner that lives. */
async function churn(from: SlotRoot, claims: number): Promise<{ owned: number; shared: number }> {
  let shared = 0
  let owned = 0
  while (owned < claims) {
    const slot = await claimSlot(from, 0)
    if (slot === null) continue
    owned += 1
    const mark = join(slot.folder, 'owner')
    if (isMarkedByLiving(mark)) shared += 1
    writeFileSync(mark, String(process.pid))
    await new Promise((resolve) => setImmediate(resolve))
    if (readFileSync(mark, 'utf8') !== String(process.pid)) shared += 1
    rmSync(mark)
    if (owned % 2 === 0) await slot.release()
    else await removeSlot(slot)
  }
  return { owned, shared }
}

function isMarkedByLiving(mark: string): boolean {
  try {
    process.kill(Number(readFileSync(mark, 'utf8')), 0)
    return true
  } catch {
    return false
  }
}
