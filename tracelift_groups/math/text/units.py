"""Units of measure: what each word measures, exact factors between units of one dimension, and customary factors.

Months and years convert into each other only, temperatures into nothing.
"""

from fractions import Fraction

# By dimension: the words of each unit, and how many of the dimension's base units it is.
UNIT_TABLE = {
    "length": {"mm millimeter millimetre": "1/1000", "cm centimeter centimetre": "1/100", "m meter metre": "1",
               "km kilometer kilometre": "1000", "in inch inche": "0.0254", "ft foot feet": "0.3048",
               "yd yard": "0.9144", "mi mile": "1609.344"},
    "time": {"ms millisecond": "1/1000", "s sec second": "1", "min minute": "60", "h hr hour": "3600",
             "day": "86400", "week": "604800"},
    "calendar": {"month": "1", "year yr": "12", "decade": "120", "century centurie": "1200"},
    "mass": {"mg milligram": "1/1000", "g gram": "1", "kg kilogram": "1000", "tonne": "1000000",
             "lb pound": "453.59237", "oz ounce": "28.349523125"},
    "volume": {"ml mL milliliter millilitre": "1/1000", "l L liter litre": "1"},
    "kitchen": {"tsp teaspoon": "1", "tbsp tablespoon": "3", "cup": "48", "pint": "96", "quart qt": "192",
                "gallon gal": "768"},
    "money": {"cent penny pennie": "1/100", "¤ dollar buck USD usd": "1"},
    "euro": {"€ euro EUR eur": "1"},
    "sterling": {"£ GBP gbp": "1"},
}  # fmt: skip
UNITS = {
    word: (dimension, Fraction(factor))
    for dimension, units in UNIT_TABLE.items()
    for words, factor in units.items()
    for word in words.split()
}
# In a sentence these words are mostly something else: a preposition, a genitive, a variable.
_OTHER_WORDS_IN_PROSE = frozenset({"in", "s", "h", "ms", "mi"})
UNITS_IN_PROSE = {word: unit for word, unit in UNITS.items() if word not in _OTHER_WORDS_IN_PROSE}
# Units that measure and don't count: 5 miles are no count of five things, 5 weeks and 5 cups are.
MEASURE_WORDS = frozenset(
    "mile foot feet inch yard meter metre kilometer km cm mm mph pound lb ounce oz gram kg kilogram ton gallon quart "
    "pint liter litre ml dollar cent percent degree acre square cubic".split()
)
# By words of a problem: factors that a solution may use without a source in the problem. Some are customary, not exact.
EVERYDAY_FACTORS = {
    r"week|daily|every day|each day|a day|per day": (7,),
    r"day|daily|hour": (24,),
    r"hour|minute|second|speed|mph|mile": (60, 3600),
    r"year|month|annual": (12, 52, 365, 366, 4, 30, 31, 28),
    r"feet|foot|inch|yard|mile": (12, 3, 36, 5280),
    r"pound|ounce|gallon|quart|cup|pint|tablespoon|teaspoon": (16, 2, 4, 8, 128, 3, 2000),
    r"cent|dollar|\$|quarter|coin": (100, 25, 10, 5),
    r"meter|gram|liter|litre|kilo|kg|km|ml|cm|byte": (10, 100, 1000),
    r"triangle|angle|square|rectang|polygon|circle|cube|box": (2, 3, 4, 6, 90, 180, 360),
    r"dozen": (12,),
}
