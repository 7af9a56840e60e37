export type { Group, GroupListener } from './group.js'
export type { MemberStatus, PeerEvent, PeerListener, PeerPort, PeerStatus } from './peer-port.js'
export type { Clock, Entropy, Transport } from './ports.js'
