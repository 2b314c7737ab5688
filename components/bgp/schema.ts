/**
 * The JSON schema of a Network: the shape alone. What belongs together across fields is validate.ts's. The published
 * file docs/schema/network.schema.json is this value, and a test holds the two equal.
 */

type Schema = Record<string, unknown>;

const text: Schema = { type: "string", minLength: 1 };
const flag: Schema = { type: "boolean" };
const count = (minimum: number, maximum = 4294967295): Schema => ({ type: "integer", minimum, maximum });
const list = (items: Schema): Schema => ({ type: "array", items });
const named = (values: Schema): Schema => ({ type: "object", additionalProperties: values });
const oneOf = (...values: string[]): Schema => ({ enum: values });
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

/** An object of these fields; a name that ends in "!" must be there. */
function shape(fields: Record<string, Schema>): Schema {
  const properties: Schema = {};
  const required: string[] = [];
  for (const [field, schema] of Object.entries(fields)) {
    const name = field.replace(/!$/, "");
    if (name !== field) required.push(name);
    properties[name] = schema;
  }
  return { type: "object", properties, additionalProperties: false, ...(required.length === 0 ? {} : { required }) };
}

// Which ASNs are reserved is said by validate.ts, together with whatever else is wrong.
const asn = count(0, 4294967295);
const action = oneOf("permit", "deny");
const prefixMatch = shape({ "prefix!": text, ge: count(0, 128), le: count(0, 128) });

const neighborSettings: Record<string, Schema> = {
  description: text,
  remoteAs: { anyOf: [asn, oneOf("external", "internal", "any")] },
  localAs: shape({ "asn!": asn, noPrepend: flag, replaceAs: flag }),
  localAddress: text,
  port: count(1, 65535),
  passive: flag,
  shutdown: flag,
  password: text,
  multihop: count(1, 255),
  ttlSecurity: count(1, 254),
  disableConnectedCheck: flag,
  timers: shape({ keepalive: count(0, 65535), hold: count(0, 65535), connectRetry: count(1, 65535) }),
  bfd: { anyOf: [flag, shape({ minimumInterval: count(1), multiplier: count(1, 255) })] },
  gracefulShutdown: flag,
  solo: flag,
  senderLoopCheck: flag,
  extendedNextHop: flag,
  gracefulRestart: shape({ "mode!": oneOf("restarter", "helper", "off"), restartTime: count(0, 4095) }),
  role: text,
  families: shape({ ipv4: ref("family"), ipv6: ref("family") }),
};

export const NETWORK_SCHEMA: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $id: "urn:bgpfabric:schema:network",
  title: "Network",
  description: "Speakers of BGP, the segments that join them, and everything that is configured on them.",
  ...shape({ "version!": { const: 1 }, "speakers!": list(ref("speaker")), "segments!": list(ref("segment")) }),
  definitions: {
    segment: shape({ "name!": text, "prefixes!": list(text), down: flag }),
    source: shape({ file: text, line: count(1), field: text }),
    interface: shape({ "name!": text, segment: text, "addresses!": list(text), down: flag }),
    staticRoute: shape({
      "prefix!": text,
      via: list(text),
      interface: text,
      blackhole: flag,
      distance: count(0, 255),
      source: oneOf("static", "kernel"),
      metric: count(0),
      tag: count(0),
    }),
    family: shape({
      active: flag,
      importPolicy: text,
      exportPolicy: text,
      importPrefixList: text,
      exportPrefixList: text,
      importAsPathList: text,
      exportAsPathList: text,
      nextHopSelf: { anyOf: [flag, { const: "force" }] },
      nextHopUnchanged: flag,
      reflectorClient: flag,
      defaultOriginate: { anyOf: [flag, shape({ "policy!": text })] },
      maximumPrefix: shape({ "limit!": count(1), warningOnly: flag, restart: count(1, 65535) }),
      maximumPrefixOut: count(1),
      routeServerClient: flag,
      allowAsIn: { anyOf: [count(1, 10), { const: "origin" }] },
      asOverride: flag,
      removePrivateAs: { anyOf: [flag, oneOf("all", "replace", "replace-private-only")] },
      sendCommunity: shape({ standard: flag, large: flag }),
      weight: count(0, 65535),
      addPath: shape({ send: oneOf("all", "best-per-as"), receive: flag }),
      softReconfiguration: flag,
    }),
    settings: shape(neighborSettings),
    neighbor: shape({
      ...neighborSettings,
      address: text,
      interface: text,
      group: text,
      source: ref("source"),
    }),
    origination: {
      anyOf: [
        shape({ "kind!": { const: "network" }, "prefix!": text, policy: text }),
        shape({
          "kind!": { const: "redistribute" },
          "from!": oneOf("connected", "static", "kernel"),
          family: oneOf("ipv4", "ipv6"),
          policy: text,
          metric: count(0),
          except: { type: "array", items: text },
        }),
        shape({
          "kind!": { const: "aggregate" },
          "prefix!": text,
          summaryOnly: flag,
          asSet: flag,
          origin: oneOf("igp", "egp", "incomplete"),
          policy: text,
        }),
      ],
    },
    maximumPaths: shape({ ebgp: count(1, 1024), ibgp: count(1, 1024), ibgpEqualClusterLength: flag }),
    match: shape({
      prefixes: list(prefixMatch),
      notPrefixes: list(prefixMatch),
      prefixList: text,
      nextHopPrefixList: text,
      communityList: text,
      communities: list(text),
      asPathList: text,
      asPathPrefix: list(count(0)),
      asPathCountMax: count(0),
      communityMatch: oneOf("any", "exact"),
      communityCountMax: count(0),
      peer: text,
      sourcePeer: text,
      tag: count(0),
      origin: oneOf("igp", "egp", "incomplete"),
      peerType: oneOf("ebgp", "ibgp"),
      learnedBy: oneOf("ebgp", "ibgp"),
      source: list(oneOf("bgp", "connected", "static", "kernel", "aggregate")),
      localPreference: count(0),
      med: count(0),
      interface: text,
      metricBelow: count(0),
    }),
    set: shape({
      localPreference: { anyOf: [count(0), { type: "string", pattern: "^[+-]?[0-9]+$" }] },
      med: { anyOf: [count(0), { type: "string", pattern: "^[+-]?[0-9]+$" }] },
      weight: count(0, 65535),
      origin: oneOf("igp", "egp", "incomplete"),
      prepend: list(asn),
      prependFirst: count(1, 10),
      exclude: list(asn),
      nextHop: text,
      communities: shape({ add: list(text), remove: list(text), set: list(text), removeList: text }),
      largeCommunities: shape({ add: list(text), remove: list(text), set: list(text), removeList: text }),
      tag: count(0),
      preference: count(0, 65535),
    }),
    policy: shape({
      "terms!": list(
        shape({
          seq: count(0),
          match: ref("match"),
          set: ref("set"),
          "action!": oneOf("accept", "reject", "continue"),
          goto: count(0),
          call: text,
          source: ref("source"),
        }),
      ),
      otherwise: oneOf("accept", "reject"),
      source: ref("source"),
    }),
    speaker: shape({
      "name!": text,
      "dialect!": shape({
        "system!": oneOf("frr", "eos", "bird", "gobgp", "metallb"),
        "version!": text,
        profile: oneOf("traditional", "datacenter"),
      }),
      role: oneOf("router", "node"),
      place: shape({ rack: text, cluster: text, site: text, labels: named({ type: "string" }) }),
      "asn!": asn,
      "routerId!": text,
      "interfaces!": list(ref("interface")),
      routes: list(ref("staticRoute")),
      "bgp!": shape({
        listens: flag,
        listenAddresses: list(text),
        port: count(1, 65535),
        clusterId: text,
        ebgpRequiresPolicy: flag,
        defaultIpv4Unicast: flag,
        importCheck: flag,
        compareRouterId: flag,
        multipathRelax: flag,
        alwaysCompareMed: flag,
        deterministicMed: flag,
        medMissingAsWorst: flag,
        asPathIgnore: flag,
        defaultLocalPreference: count(0),
        maximumPaths: ref("maximumPaths"),
        maximumPathsIpv6: ref("maximumPaths"),
        listenLimit: count(1, 65535),
        distance: shape({ "ebgp!": count(1, 255), "ibgp!": count(1, 255), "local!": count(1, 255) }),
        resolveViaDefault: flag,
        reflectorAllowsOutboundPolicy: flag,
        clientToClientReflection: flag,
        enforceFirstAs: flag,
        minimumHoldTime: count(1, 65535),
        rejectAsSets: flag,
        confederation: shape({ "identifier!": asn, members: list(asn) }),
        countConfederation: flag,
        gracefulShutdown: flag,
        advertiseInactive: flag,
        suppressDuplicates: flag,
        gracefulRestart: flag,
        fibPolicy: text,
        installs: flag,
      }),
      groups: named(ref("settings")),
      "neighbors!": list(ref("neighbor")),
      listen: list(shape({ "prefix!": text, "group!": text, source: ref("source") })),
      originate: list(ref("origination")),
      policies: named(ref("policy")),
      prefixLists: named(
        list(shape({ seq: count(0), "action!": action, "prefix!": text, ge: count(0, 128), le: count(0, 128) })),
      ),
      communityLists: named(
        list(
          shape({
            seq: count(0),
            "action!": action,
            "kind!": oneOf("standard", "large"),
            communities: list(text),
            regex: text,
          }),
        ),
      ),
      asPathLists: named(list(shape({ seq: count(0), "action!": action, "regex!": text }))),
      limits: shape({ peers: count(1), routes: count(1), nextHops: count(1) }),
      down: flag,
      unmodelled: list(
        shape({ "what!": text, neighbor: text, policy: text, prefixes: list(text), source: ref("source") }),
      ),
    }),
  },
};
