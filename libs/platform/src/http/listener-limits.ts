/** What a listener bears. Times in milliseconds. */
export interface ListenerLimits {
  /** Bytes of a request line and its headers together; more is answered 431. */
  headerBytes: number;
  /** From the connection, or the end of the request before, to the end of the headers. */
  headersMs: number;
  /** The same, to the end of the body. Both are answered 408, and the connection is closed. */
  requestMs: number;
  /** Between two requests of one connection. */
  keepAliveMs: number;
  /** Without a byte in either direction: of those who do not read what they asked for. */
  idleMs: number;
  /** How often the connections are looked at. */
  checkMs: number;
  /** Open at a time. */
  connections: number;
  /** Requests of one connection that wait for their answers; further ones are answered 429. */
  pipelined: number;
  /** Bytes of all the bodies together that have begun to arrive. */
  unfinishedBytes: number;
}

/** Where clients, registries and browsers speak. A client that is slower than this is not served. */
export const PUBLIC_LIMITS: ListenerLimits = {
  headerBytes: 16 * 1024,
  headersMs: 15_000,
  requestMs: 120_000,
  keepAliveMs: 65_000,
  idleMs: 120_000,
  checkMs: 1_000,
  connections: 8_192,
  pipelined: 32,
  unfinishedBytes: 128 * 1024 * 1024,
};

/** Where nobody speaks but probes, scrapers and administrators, who send next to nothing. */
export const PROBE_LIMITS: ListenerLimits = {
  headerBytes: 8 * 1024,
  headersMs: 5_000,
  requestMs: 5_000,
  keepAliveMs: 5_000,
  idleMs: 10_000,
  checkMs: 1_000,
  connections: 64,
  pipelined: 4,
  unfinishedBytes: 1024 * 1024,
};
