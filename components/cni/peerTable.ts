/** How a CNI's own daemon on a node tells its sessions, where it is asked in a way of its own; for the gate. Pure. */
export interface PeerState {
  peer: string;
  /** 0: it does not say. */
  peerAsn: number;
  up: boolean;
  /** In the daemon's words. */
  state: string;
}

export interface PeerTable {
  /** Run on the node. It ends with 0 once the daemon answers. */
  ask: readonly string[];
  read(this: void, text: string): PeerState[];
}
