/** A password never stands in a message about a configuration, whichever system wrote the line. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../components/live/redact";

describe("a message about a configuration hides its password", () => {
  it.each([
    ["FRR", " neighbor 10.0.0.1 password s3cr3t-value"],
    ["EOS", "   neighbor 10.0.0.1 password 0 s3cr3t-value"],
    ["BIRD", '  password "s3cr3t-value";'],
    ["GoBGP", "auth-password: s3cr3t-value"],
    ["GoBGP as JSON", '"auth-password":"s3cr3t-value"'],
  ])("%s", (_system, line) => {
    const said = redact(`tor1: the line "${line}" failed, s3cr3t-value is not taken`, `router bgp 65001\n${line}\n`);
    expect(said).not.toContain("s3cr3t-value");
    expect(said).toContain("(not shown)");
  });

  it.each(['""!!!!', '"a"bcdef', '"'.repeat(5)])("%s, which begins with quotation marks of its own", (value) => {
    const line = ` neighbor 10.0.0.1 password ${value}`;
    expect(redact(`tor1: not taken:${line}`, `router bgp 65001\n${line}\n`)).toBe(
      "tor1: not taken: neighbor 10.0.0.1 password (not shown)",
    );
  });

  it("whatever the password is", () => {
    const around = ["tor1: FRR did not take: + router bgp 65001 / neighbor 10.0.0.1 password ", " / 10 lines"] as const;
    const own = [...around, "(not shown)"];
    const password = fc.stringMatching(/^[!-~]{4,80}$/).filter((text) => !own.some((one) => one.includes(text)));
    fc.assert(
      fc.property(password, (value) => {
        const configuration = `router bgp 65001\n neighbor 10.0.0.1 password ${value}\n`;
        return redact(around.join(value), configuration) === around.join("(not shown)");
      }),
    );
  });

  it("and leaves a message without one as it is", () => {
    const message = "tor1: vtysh: % Unknown command: neighbor 10.0.0.1 remote-as 65010";
    expect(redact(message, "router bgp 65001\n neighbor 10.0.0.1 remote-as 65010\n")).toBe(message);
  });
});
