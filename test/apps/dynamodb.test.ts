import { startDynamoDbBackend } from './support/dynamodb-backend.js'
import { sourceContractSuite } from './support/source-contract.js'

const contract = sourceContractSuite(startDynamoDbBackend)
contract.run()
