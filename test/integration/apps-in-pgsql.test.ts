// time limit: 300 s
import { databaseAppsSuite } from '../apps/support/database-apps.js'
import { startPgsqlBackend } from '../apps/support/pgsql-backend.js'

const test = databaseAppsSuite(() => startPgsqlBackend())
test.run()
