export { NodeDisk } from './node-disk.js'
export { openJournal } from './open-journal.js'
export type { JournalOptions } from './options.js'
