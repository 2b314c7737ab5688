/** Resource quantities in the one form that the API server writes them ("1000m" -> "1"), by the rules of apimachinery 0.36. */

type Format = "binary" | "decimal" | "exponent";
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const nano = 9;

/** Undefined when the text is no quantity. */
export function canonicalQuantity(input: string): string | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?([A-Za-z]*|[eE][+-]?\d+)$/.exec(input.trim());
  if (!parts) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = parts;
  if (whole === "" && fraction === "") return undefined;
  const scale = scaleOf(suffix);
  if (!scale) return undefined;
  const digits = BigInt(whole + fraction);
  // The value in billionths; what is finer is rounded up.
  const numerator = digits * scale.factor * 10n ** BigInt(nano);
  const denominator = 10n ** BigInt(fraction.length) * scale.divisor;
  const billionths = (numerator + denominator - 1n) / denominator;
  if (billionths === 0n) return "0";
  return (sign === "-" ? "-" : "") + written(billionths, scale.format);
}

function scaleOf(suffix: string): { factor: bigint; divisor: bigint; format: Format } | undefined {
  const power = binary.indexOf(suffix);
  if (power > 0) return { factor: 1024n ** BigInt(power), divisor: 1n, format: "binary" };
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix);
  const ten = exponent ? Number(exponent[1]) : (decimal.indexOf(suffix) - 3) * 3;
  if (!exponent && !decimal.includes(suffix)) return undefined;
  return {
    factor: ten > 0 ? 10n ** BigInt(ten) : 1n,
    divisor: ten < 0 ? 10n ** BigInt(-ten) : 1n,
    format: exponent ? "exponent" : "decimal",
  };
}

function written(billionths: bigint, format: Format): string {
  const unit = 10n ** BigInt(nano);
  if (format === "binary" && billionths % unit === 0n && billionths / unit >= 1024n) {
    let value = billionths / unit;
    let power = 0;
    while (value % 1024n === 0n && power < binary.length - 1) {
      value /= 1024n;
      power++;
    }
    return `${value}${binary[power]}`;
  }
  let value = billionths;
  let thousands = -3;
  while (value % 1000n === 0n && thousands < 6) {
    value /= 1000n;
    thousands++;
  }
  if (format !== "exponent") return `${value}${decimal[thousands + 3]}`;
  return thousands === 0 ? `${value}` : `${value}e${thousands * 3}`;
}
