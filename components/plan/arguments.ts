/** Arguments as people write them, checked: every fault of a call is gathered, and all of them are thrown together. */
import { type Address, parseAddress } from "../model/address";
import { type Asn, parseAsn } from "../model/asn";
import { type Fault, type Result, UserError } from "../model/errors";
import { type Prefix, parsePrefix } from "../model/prefix";

export class Arguments {
  private readonly faults: Fault[] = [];

  /** `call` is how the program writes it: new Rack("rack1"). */
  constructor(private readonly call: string) {}

  address(value: string, path: string): Address | undefined {
    return this.take(parseAddress(value, path));
  }

  prefix(value: string, path: string): Prefix | undefined {
    return this.take(parsePrefix(value, path, { strict: true }));
  }

  asn(value: number, path: string): Asn | undefined {
    return this.take(parseAsn(value, path));
  }

  take<T>(result: Result<T>): T | undefined {
    if (result.ok) return result.value;
    for (const fault of result.faults) this.add(fault);
    return undefined;
  }

  add(fault: Fault): void {
    const one = { ...fault, path: fault.path === "" ? this.call : `${this.call}: ${fault.path}` };
    const known = this.faults.some((other) => JSON.stringify(other) === JSON.stringify(one));
    if (!known) this.faults.push(one);
  }

  /** Says no when anything was wrong. Nothing may be registered before this. */
  done(): void {
    if (this.faults.length > 0) throw new UserError(this.faults);
  }
}
