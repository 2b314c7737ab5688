/** Misspelt names: which known one is offered. */
import { expect, test } from "vitest";
import { nearest } from "../../components/model/nearest";

test("a misspelt field finds its right name, and a strange one none", () => {
  const fields = ["peerIP", "peerSelector", "nodeSelector"];
  expect(nearest("peerip", fields)).toBe("peerIP");
  expect(nearest("nodeSelecter", fields)).toBe("nodeSelector");
  expect(nearest("constructor", fields)).toBeUndefined();
});
