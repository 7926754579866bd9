import { BlockList, isIP } from "node:net";

/** Ranges of IPv4 that are not of the public internet: IANA's special-purpose registry, multicast and what is reserved. */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Global unicast. Loopback, link-local, unique-local, multicast, mapped and translated IPv4 all lie outside of it. */
const PUBLIC_IPV6: readonly (readonly [network: string, prefix: number])[] = [["2000::", 3]];

/** Within it: protocol assignments with Teredo, documentation, and 6to4, which carries any IPv4 address. */
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

function listOf(ranges: readonly (readonly [string, number])[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

const specialIpv4 = listOf(SPECIAL_IPV4, "ipv4");
const publicIpv6 = listOf(PUBLIC_IPV6, "ipv6");
const specialIpv6 = listOf(SPECIAL_IPV6, "ipv6");

/** Is it an address of the public internet? What is none at all is not. */
export function isPublicAddress(address: string): boolean {
  // Zones belong to link-local addresses only.
  if (address.includes("%")) return false;
  const family = isIP(address);
  if (family === 4) return !specialIpv4.check(address, "ipv4");
  return family === 6 && publicIpv6.check(address, "ipv6") && !specialIpv6.check(address, "ipv6");
}
