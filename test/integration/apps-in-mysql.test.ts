// time limit: 300 s

import { startMysqlBackend } from '../../scripts/app-databases/mysql-backend.js'
import { databaseAppsSuite } from '../apps/support/database-apps.js'

const test = databaseAppsSuite(() => startMysqlBackend())
test.run()
