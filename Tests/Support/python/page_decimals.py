"""The page's decimals against Python's: the module is loaded in the browser and given the same numbers."""

import decimal
import random

# More digits than any product of two amounts has.
EXACT = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_EVEN)
SEED = 20_261_126
PAIRS = 2_000

COMPUTE = """async (pairs) => {
  const d = await import("/assets/js/decimal.js");
  return pairs.map(([a, b, digits]) => [
    d.subtract(a, b), d.multiply(a, b), String(d.compare(a, b)), d.round(a, digits), d.format(a, {digits}),
    d.format(a, {signed: true}),
  ]);
}"""

SYNTAX = """async (texts) => {
  const d = await import("/assets/js/decimal.js");
  return texts.map(d.isDecimal);
}"""

PLACES = """async (cases) => {
  const d = await import("/assets/js/decimal.js");
  return cases.map(([text, low, high, steps]) => d.place(text, low, high, steps));
}"""


def number(source):
    """A decimal as the API may send it: at most 20 digits before the point and 18 behind it."""
    whole = str(source.randrange(10 ** source.randint(1, 20)))
    fraction = "".join(source.choice("0123456789") for _ in range(source.randint(0, 18)))
    # Halves are where rounding goes wrong.
    if source.random() < 0.2:
        fraction = source.choice(["5", "25", "125", "0005", "50"])
    return source.choice(["", "-"]) + whole + (f".{fraction}" if fraction else "")


def plain(value):
    """Python's number as the page writes it: no exponent, no zeros at the end, no minus before zero."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def shown(value, digits=0, signed=False):
    """With thousands apart and at least so many digits behind the point."""
    text = plain(value)
    whole, _, fraction = text.lstrip("-").partition(".")
    fraction = fraction.ljust(digits, "0")
    sign = "−" if text.startswith("-") else "+" if signed and value > 0 else ""
    return f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "")


def check(page):
    source = random.Random(SEED)
    pairs = [(number(source), number(source), source.randint(0, 6)) for _ in range(PAIRS)]
    pairs += [(a, a, 2) for a, _, _ in pairs[:50]]
    for (a, b, digits), found in zip(pairs, page.evaluate(COMPUTE, pairs), strict=True):
        x, y = decimal.Decimal(a), decimal.Decimal(b)
        step = decimal.Decimal(1).scaleb(-digits)
        expected = [
            plain(EXACT.subtract(x, y)), plain(EXACT.multiply(x, y)), str(int(x.compare(y))),
            plain(EXACT.quantize(x, step) if -x.as_tuple().exponent > digits else x), shown(x, digits),
            shown(x, signed=True),
        ]
        assert found == expected, f"{a}, {b}, {digits} digits: {found}, not {expected}"

    good = ["0", "10", "+1", "-1.5", "007", "187.25"]
    bad = ["", " ", ".5", "5.", "1e3", "1,000", "0x10", "١", "NaN", "--1", "1.2.3", "1 "]
    assert page.evaluate(SYNTAX, good + bad) == [True] * len(good) + [False] * len(bad)
    places = [(("5", "0", "10", 20), 10), (("0", "0", "10", 20), 0), (("10", "0", "10", 20), 20), (("3", "3", "3", 20), 10)]
    assert page.evaluate(PLACES, [case for case, _ in places]) == [place for _, place in places]
