// Exact decimals, as the API sends them: strings in, strings out, BigInt between. Nothing here is ever a Number.

const syntax = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** The digits of a decimal and how many of them are behind the point; null for what is not a decimal. */
function parse(text) {
  const match = syntax.exec(text ?? "");
  if (!match) return null;
  const [, sign, whole, fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

function write({ units, scale }) {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

/** Both numbers in units of the finer of their scales. */
function align(a, b) {
  const scale = Math.max(a.scale, b.scale);
  const raise = ({ units, scale: own }) => units * 10n ** BigInt(scale - own);
  return [raise(a), raise(b), scale];
}

/** Whether a text is a decimal: digits, perhaps a sign and a fraction, no exponent. */
export const isDecimal = (text) => parse(text) !== null;

/** Below zero, zero or above, as a is less than, equal to or greater than b. */
export function compare(a, b) {
  const [x, y] = align(parse(a), parse(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** -1, 0 or 1. */
export const sign = (text) => compare(text, "0");

export function subtract(a, b) {
  const [x, y, scale] = align(parse(a), parse(b));
  return write({ units: x - y, scale });
}

export function multiply(a, b) {
  const [x, y] = [parse(a), parse(b)];
  return write({ units: x.units * y.units, scale: x.scale + y.scale });
}

/** Rounded half to even at so many digits behind the point. */
export function round(text, digits) {
  const number = parse(text);
  if (number.scale <= digits) return write(number);
  const step = 10n ** BigInt(number.scale - digits);
  const magnitude = number.units < 0n ? -number.units : number.units;
  const [whole, rest] = [magnitude / step, magnitude % step];
  const isUp = rest * 2n > step || (rest * 2n === step && whole % 2n === 1n);
  const units = isUp ? whole + 1n : whole;
  return write({ units: number.units < 0n ? -units : units, scale: digits });
}

/**
 * For people: thousands apart, at least so many digits behind the point.
 * What is not a decimal is shown as it is: better odd than invented.
 */
export function format(text, { digits = 0, signed = false } = {}) {
  const number = parse(text);
  if (!number) return text ?? "";
  const [whole, fraction = ""] = write(number).replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const padded = fraction.padEnd(digits, "0");
  // A true minus sign is as wide as a plus, so that columns stay in line.
  const mark = number.units < 0n ? "−" : signed && number.units > 0n ? "+" : "";
  return `${mark}${grouped}${padded ? `.${padded}` : ""}`;
}

/**
 * Where a number lies between two others, in whole steps: for drawing.
 * The answer is a Number because it is a place on the screen, not an amount.
 */
export function place(text, low, high, steps) {
  const span = subtract(high, low);
  if (sign(span) === 0) return steps / 2;
  const [offset, whole] = align(parse(subtract(text, low)), parse(span));
  return Number((offset * BigInt(steps)) / whole);
}
