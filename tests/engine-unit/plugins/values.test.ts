/** Property values between the engine's wire form and a plugin's. The signatures are those of the Pulumi SDK's own source. */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { difference } from "../../../engine/plugins/difference";
import {
  equal,
  fromStruct,
  hasSecret,
  hasUnknown,
  isSecret,
  isUnknown,
  plainValues,
  secret,
  secretLike,
  toStruct,
  unknown,
  type Values,
} from "../../../engine/plugins/values";

const key = "4dabf18193072939515e22adb298388d";
const wireSecret = (value: unknown) => ({ [key]: "1b47061264138c4ac30d75fd1eb44270", value });
const wireUnknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const wireAsset = { [key]: "c44067f5952c0a294b673a41bacd8c17", text: "hello", hash: "x" };
const wire = { plain: [1, null, "two", true], deep: { word: wireSecret("hush") }, later: wireUnknown, file: wireAsset };

describe("property values", () => {
  it("from the engine: secrets and unknowns are marked, an asset stays as it is", () => {
    const values = fromStruct(Struct.fromJavaScript(wire));
    expect(isSecret((values["deep"] as Values)["word"])).toBe(true);
    expect(isUnknown(values["later"])).toBe(true);
    expect(values["file"]).toEqual(wireAsset);
    expect([hasSecret(values), hasUnknown(values)]).toEqual([true, true]);
  });

  it("back to the engine as they came", () => {
    expect(toStruct(fromStruct(Struct.fromJavaScript(wire as never))).toJavaScript()).toEqual(wire);
  });

  it("to an engine that takes no secrets, without their marks", () => {
    expect(toStruct({ word: secret("hush") }, false).toJavaScript()).toEqual({ word: "hush" });
  });

  it("any JSON value survives the way there and back", () => {
    // google-protobuf keeps a map's entries in a plain object, which has no room for this one key at any depth.
    const values = fc
      .dictionary(fc.string(), fc.jsonValue())
      .filter((value) => !JSON.stringify(value).includes('"__proto__"'));
    fc.assert(
      fc.property(values, (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Values; // -0 is 0 in JSON
        expect(fromStruct(toStruct(json))).toEqual(json);
      }),
    );
  });

  it("a secret equals its plain value, and marks carry over to the same place only", () => {
    expect(equal({ a: secret([1]) }, { a: [1] })).toBe(true);
    expect(equal(unknown, unknown)).toBe(false);
    const marked = secretLike({ a: "x", b: "y" }, { a: secret("x") }) as Values;
    expect([isSecret(marked["a"]), isSecret(marked["b"])]).toEqual([true, false]);
    expect(plainValues(marked)).toEqual({ a: "x", b: "y" });
  });
});

describe("the difference of properties", () => {
  const cases: [string, Values, Values, Record<string, string>][] = [
    ["nothing changed", { a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }, {}],
    ["a nested value", { env: { A: "1" } }, { env: { A: "2" } }, { "env.A": "update" }],
    ["an element more and one changed", { t: ["x"] }, { t: ["y", "z"] }, { "t[0]": "update", "t[1]": "add" }],
    ["a property less", { a: 1, b: 2 }, { a: 1 }, { b: "delete" }],
    ["a value that became secret", { a: "1" }, { a: secret("1") }, { a: "update" }],
    ["a value that is not known yet", { a: "1" }, { a: unknown }, { a: "update" }],
    ["a name that is no identifier", { m: { "a.b": 1 } }, { m: { "a.b": 2 } }, { 'm["a.b"]': "update" }],
    ["null for nothing", { a: null }, {}, {}],
  ];
  it.each(cases)("%s", (_, olds, news, expected) => {
    expect(difference(olds, news)).toEqual(expected);
  });

  it("of a value with itself is empty, of two different ones it is not", () => {
    const value = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<Values>;
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(difference(a, a)).toEqual({});
        if (Object.keys(difference(a, b)).length === 0 && !/null/.test(JSON.stringify([a, b])))
          expect(equal(a, b)).toBe(true);
      }),
    );
  });
});
