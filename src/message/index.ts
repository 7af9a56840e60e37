export { ENTRY, ENTRY_BYTES_MAX, ENTRY_CONTINUES, kindOf, PROGRAM_ENTRY_MIN } from './entries.js'
export { FRAGMENT, FRAGMENT_CONTINUES, MESSAGE_BYTES_MAX } from './fragments.js'
export {
  FRAME,
  OUTBOUND_FROM,
  SNAPSHOT_ASK,
  SNAPSHOT_BYTES_MAX,
  SNAPSHOT_OUTCOME,
  STREAM_WINDOW_BYTES,
} from './frames.js'
export type { Frame, ListenerId, QuestionId, SocketName, StreamId, TlsFacts, TlsTerms } from './frames.js'
export type { NameAnswer, NameFailure, NameQuestion } from './names.js'
export { GROUP, NO_VIEW } from './ids.js'
export type {
  Epoch,
  GroupId,
  Instant,
  Locator,
  MemberId,
  MemberInfo,
  OrderIndex,
  PeerInfo,
  Precedence,
  SequenceNumber,
  View,
  ViewNumber,
} from './ids.js'
export { KIND, NO_ENTRIES } from './kinds.js'
export type {
  Bodies,
  Contents,
  EntryBlock,
  Header,
  HeldMessage,
  KindName,
  Message,
  MessageOf,
  Range,
  ReceivedUpTo,
} from './kinds.js'
export { BODY_LAYOUT, HEADER_LAYOUT, MAGIC, WIRE_VERSION } from './layout.js'
export type { Fields, FieldType } from './layout.js'
export type {
  TlsClientFields,
  TlsFactsFields,
  TlsFailure,
  TlsMaterial,
  TlsOutcomeFields,
  TlsTermsFields,
} from './tls.js'
