/** Which keys of a listening FRR are of neighbors that may have gone, from what `ss` printed on real routers. */
import { describe, expect, it } from "vitest";
import { hostKeys } from "../../components/live/systems/frrListenKeys";

const TEXT = `router bgp 65001
 neighbor k01 peer-group
 neighbor 10.0.0.20 peer-group k01
 bgp listen range 10.0.0.0/26 peer-group k01
 bgp listen range fd00:20::/64 peer-group k01-ipv6
exit
router bgp 65001 vrf red
 neighbor red peer-group
 bgp listen range 10.9.0.0/24 peer-group red
exit
`;
const socket = (keys: string) =>
  `LISTEN 0      4096   0.0.0.0:179 0.0.0.0:* \t bbr cwnd:10 ${keys}\nLISTEN 0      4096      [::]:179    [::]:* \t bbr cwnd:10\n`;

describe("keys of a listening FRR", () => {
  it("the address of a neighbor that dialled in, with its group; the range's own key is none", () => {
    // iproute2 6.15 on Debian trixie.
    expect(hostKeys(socket("md5keys:10.0.0.0/26=bbb,10.0.0.10/32=aaa"), TEXT)).toEqual([
      { router: "router bgp 65001", group: "k01", address: "10.0.0.10" },
    ]);
  });

  it("where ss prints the passwords elsewhere on its output", () => {
    // iproute2 6.1 on Debian bookworm.
    expect(hostKeys(`bbbaaa${socket("md5keys:10.0.0.0/26=,10.0.0.10/32=")}`, TEXT)).toEqual([
      { router: "router bgp 65001", group: "k01", address: "10.0.0.10" },
    ]);
  });

  it("of both families, and of a VRF by its own block", () => {
    const said = socket("md5keys:fd00:20::/64=x,fd00:20::10/128=x") + socket("md5keys:10.9.0.7/32=y");
    expect(hostKeys(said, TEXT)).toEqual([
      { router: "router bgp 65001", group: "k01-ipv6", address: "fd00:20::10" },
      { router: "router bgp 65001 vrf red", group: "red", address: "10.9.0.7" },
    ]);
  });

  it("no neighbor that the configuration names, and no address outside the ranges", () => {
    expect(hostKeys(socket("md5keys:10.0.0.20/32=x,192.0.2.1/32=x"), TEXT)).toEqual([]);
  });
});
