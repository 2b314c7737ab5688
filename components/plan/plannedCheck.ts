/** A way through the network that must be there: what parts give LiveNetwork to forecast and to ask. */

/** One end of a check in the Network's words. */
export interface End {
  /** For messages: "pod shell-a on cluster-a". */
  readonly title: string;
  /** The speaker that it stands at; an address alone has none. */
  readonly speaker?: string;
  /** An address that packets to it carry; a pod's and a service's own is known later, and this one is of the same prefix. */
  readonly address?: string;
  /** Of a service: its cluster, whose pools may give it its address. */
  readonly cluster?: string;
  /** Of a service: the nodes that its pods may run on, each with an address of its block. */
  readonly backends?: readonly { readonly speaker: string; readonly address: string }[];
  /** Of a service: a node that takes its packets gives them to pods of its own alone. */
  readonly local?: boolean;
}

/** What LiveNetwork forecasts. */
export interface PlannedCheck {
  readonly name: string;
  /** Who asks. Default: every router. */
  readonly from?: End;
  readonly to: End;
}
