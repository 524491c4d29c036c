// Network addresses → may the server fetch from there on behalf of a stranger?
import { BlockList, isIP } from 'node:net'

// Everything that is not the public internet (IANA special-purpose address registries, RFC 6890).
const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, prefix, 'ipv4')

// Of IPv6 only 2000::/3 is in public use; what lies in it but embeds or tunnels other addresses is out as well.
const publicSix = new BlockList()
publicSix.addSubnet('2000::', 3, 'ipv6')
const specialSix = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  specialSix.addSubnet(network, prefix, 'ipv6')

/** True for an address of the public internet; false for private, loopback, link-local and other special ones, and for text that is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !special.check(address, 'ipv4')
  if (version !== 6) return false
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isPublicAddress(mapped)
  return publicSix.check(address, 'ipv6') && !specialSix.check(address, 'ipv6')
}
