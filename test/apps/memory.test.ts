import { startMemoryBackend } from './support/memory-backend.js'
import { sourceContractSuite } from './support/source-contract.js'

const contract = sourceContractSuite(startMemoryBackend)
contract.run()
