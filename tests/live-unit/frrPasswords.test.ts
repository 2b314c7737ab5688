/** Which passwords a push to FRR changes before everything else, as a configuration of its own. */
import { expect, it } from "vitest";
import { passwordLines } from "../../components/live/systems/frrPasswords";

const running = `frr version 8.4.4
ip route 10.0.0.0/8 blackhole
!
router bgp 65001
 neighbor k01 peer-group
 neighbor k01 password old horse
 neighbor 10.0.0.9 password stays
 neighbor 10.0.0.8 password goes
 !
 address-family ipv4 unicast
 exit-address-family
exit
!
router bgp 65001 vrf red
 neighbor 10.9.0.9 password old
exit
!
router bgp 65001 vrf gone
 neighbor 10.9.0.9 password old
exit
`;

it("a password that changes, one that goes, each under its instance; no more than these", () => {
  const text = `router bgp 65001
 neighbor k01 password new horse
 neighbor 10.0.0.9 password stays
 neighbor 10.0.0.7 password first
exit
router bgp 65001 vrf red
 neighbor 10.9.0.9 password new
exit
`;
  expect(passwordLines(running, text)).toBe(`router bgp 65001
 neighbor k01 password new horse
 no neighbor 10.0.0.8 password
exit
router bgp 65001 vrf red
 neighbor 10.9.0.9 password new
exit
`);
});

it("nothing, where the router runs what the text says or has no BGP yet", () => {
  expect(passwordLines(running, running)).toBe("");
  expect(passwordLines("frr version 8.4.4\n", running)).toBe("");
});
