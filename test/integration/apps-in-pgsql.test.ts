// time limit: 300 s

import { startPgsqlBackend } from '../../scripts/app-databases/pgsql-backend.js'
import { databaseAppsSuite } from '../apps/support/database-apps.js'

const test = databaseAppsSuite(() => startPgsqlBackend())
test.run()
