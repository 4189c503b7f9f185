// time limit: 300 s

import { startDynamoDbBackend } from '../../scripts/app-databases/dynamodb-backend.js'
import { databaseAppsSuite } from '../apps/support/database-apps.js'

const test = databaseAppsSuite(startDynamoDbBackend)
test.run()
