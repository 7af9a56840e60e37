/** Where somebody is spoken to over the network. */
export interface Endpoint {
  /** IPv4. */
  readonly address: string
  readonly port: number
}
