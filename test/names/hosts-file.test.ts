import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { HostsFile, parseHosts, systemHostsFile } from '../../src/names/hosts-file.js'

const hosts = suite('the hosts file')

hosts('gives names and aliases their addresses, of both families and from all of its lines', () => {
  const text = [
    '# a comment',
    '192.0.2.1\treceiver.test  Alias.TEST # another',
    '',
    '2001:db8::1 receiver.test',
    '192.0.2.1 receiver.test',
    'fe80::1%lo0 scoped.test',
    'nonsense receiver.test',
    '192.0.2.9',
  ].join('\r\n')
  assert.equal(Object.fromEntries(parseHosts(text)), {
    'receiver.test': [
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ],
    'alias.test': [{ address: '192.0.2.1', family: 4 }],
    'scoped.test': [{ address: 'fe80::1%lo0', family: 6 }],
  })
})

hosts('is read again when it has changed, and looked at once a second at most', () => {
  const folder = temporaryFolder()
  const path = folder.write('hosts', '192.0.2.1 a.test')
  const file = new HostsFile(path)
  const before = file.find('a.test', 0)
  folder.write('hosts', '192.0.2.2 a.test')
  utimesSync(path, 1, 1)
  const soon = file.find('a.test', 999)
  const later = file.find('a.test', 1_000)
  folder.remove()
  const gone = file.find('a.test', 2_000)
  assert.equal(
    [before, soon, later, gone].map((addresses) => addresses?.[0]?.address ?? null),
    ['192.0.2.1', '192.0.2.1', '192.0.2.2', null],
  )
})

hosts('that is not there has no names', () => {
  assert.is(new HostsFile('/nowhere/hosts').find('a.test', 0), null)
})

hosts('lies where the system keeps it', () => {
  assert.equal(
    [systemHostsFile('linux', {}), systemHostsFile('win32', { SystemRoot: 'D:\\W' })],
    ['/etc/hosts', join('D:\\W', 'System32', 'drivers', 'etc', 'hosts')],
  )
})

hosts.run()
