// time limit: 300 s
import { databaseAppsSuite } from '../apps/support/database-apps.js'
import { startMysqlBackend } from '../apps/support/mysql-backend.js'

const test = databaseAppsSuite(() => startMysqlBackend())
test.run()
