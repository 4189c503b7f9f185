// time limit: 300 s
import { databaseAppsSuite } from '../apps/support/database-apps.js'
import { startDynamoDbBackend } from '../apps/support/dynamodb-backend.js'

const test = databaseAppsSuite(startDynamoDbBackend)
test.run()
