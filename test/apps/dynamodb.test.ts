import { startDynamoDbBackend } from '../../scripts/app-databases/dynamodb-backend.js'
import { sourceContractSuite } from './support/source-contract.js'

const contract = sourceContractSuite(startDynamoDbBackend)
contract.run()
