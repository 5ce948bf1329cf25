"""Turns of phrase: what fields write that is more than names and signs, said again in words of the grammar.

``at.%`` is a percent, ``MPa√m`` has a root, ``x10^5 Pa`` is a factor, ``V vs. SHE`` names an electrode. ``PHRASES``
says each again, with a remark where another meaning is common; ``REFUSED_PHRASES`` asks where only the writer can
know. What this package prints itself has ``**`` for powers and ``*`` for products, and hardly ever matches; where it
does, ``combine_units`` spells the names out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symreg.units.tokens import UnreadableError


@dataclass(frozen=True, slots=True)
class Said:
    """A unit's text said again: each letter with its place in what was written, and what to warn of."""

    letters: str
    places: tuple[int, ...]
    remarks: tuple[str, ...] = ()


_STANDARD = (
    "a gas's volume at standard conditions is read as that volume; as an amount of gas, 1 m3 is 44.6 mol at 0 degC "
    "and 1 atm, and is written 44.6 mol"
)
_ARBITRARY = '"a.u." is read as arbitrary units, a plain number; atomic units are written hartree, bohr, ...'
_FOOT_POUND = "the pound beside a foot or an inch is read as a force; a mass is written lb*ft"
_SUBSTANCE = "the substance is left out: letters behind a mass or an amount name what was weighed, not a unit"
_POWER_LOST = 'a number such as "106" is read as it stands; a power of ten is written 10^6'
_RUN_TOGETHER = '"ms-1" and "Nm-1" are read as m/s and N/m; per millisecond is written 1/ms'
_ANGSTROM = "A is read as angstrom here; the ampere is written ampere"

_MASS = r"(?:[kmnpµμu]?g|mcg|[MGTP]g|G?t|Mt|[mnpµμu]?mol|meq|mEq|ppm|ppb)"
_SUBSTANCES = (
    r"(?:CO2[- ]?eq?\.?|CO2e?|CaCO3|Chl(?:[- ]?a)?\.?|[Cc]hlorophyll(?:[- ]?a)?|NO3(?:-N)?|NO2(?:-N)?|NH[34](?:-N)?|"
    r"PO4(?:-P)?|SO[24]|N2O?|O[23]|H2|Cl2|CH4|SiO2|COD|BOD5?|TSS|VSS|TOC|DOC|DW|dw|FW|fw|DM|"
    r"d\.?w\.?|dry weight|wet weight|fresh weight|dry matter|protein|glucose|Trolox|GAE|TE)"
)
_PRESSURE = r"(?:k?gf?/cm(?:\^?2|²)|[kMmh]?bar|[kMmh]?Pa|k?psi|ksi|atm|in\.?Hg|mmHg)"

#: What is written, what it is said as, and what to warn of.
PHRASES: tuple[tuple[str, str, str | None], ...] = (
    # the way of writing: TeX, abbreviations, factors in front
    (r"\\(?:mu|micro)(?![A-Za-z]) ?", "μ", None),
    (r"\\(?:Omega|ohm)(?![A-Za-z]) ?", "Ω", None),
    (r"\\(?:AA|angstrom)(?![A-Za-z]) ?", "Å", None),
    (r"\\(?:cdot|times)(?![A-Za-z]) ?", "*", None),
    (r"\$([^$]*)\$", r"\1", None),
    (r"\\%", "%", None),
    (r"\\[,; ]", " ", None),
    (r"\\(?:mathrm|text|rm)\{([^{}]*)\}", r"\1", None),
    (r"\^\{([^{}]*)\}", r"^(\1)", None),
    (r"^[x*] ?g$", "g_n", None),
    (r"^[xX*] ?(?=\d)", "", None),
    (r"(?<=\d) ?[xX] ?(?=10\b)", "*", None),
    (r"(?<![\w.])10\*(-?\d{1,2})(?![\w.*^(])", r"10^(\1)", None),
    (r"(?<![\w.])10-(\d{1,2})(?![\w.])", r"10^(-\1)", None),
    (r"^(?:10[2-9]|101\d)(?![\d.])", r"\g<0>", _POWER_LOST),
    (r"^'000s?\b", "1000", None),
    (r"^[Tt]housands?$", "1000", None),
    (r"^[Mm]illions?$", "1e6", None),
    # roots
    (r"√\(([^()]*)\)|\bsqrt\(([^()]*)\)", r"(\1\2)**(1/2)", None),
    (r"√ ?([^\W\d_]+)|\brt(Hz)\b", r" \1\2**(1/2)", None),
    (r"(?<=[^\W\d_])\^?(-?[1357])/2(?![\w.])", r"**(\1/2)", None),
    # percents and parts
    (r"\b(?:at|wt|vol|mole?|mass|atom|atomic|weight|volume|molar|RH|rh|r\.h\.)\.?[ -]?%", "%", None),
    (r"% ?\(?w/v\)?", "(g/dL)", None),
    (r"% ?\(?(?:[wvm]/[wvm]|(?:at|wt|vol|mole?)\b\.?|mass|atomic|by weight|by volume|by mass|RH\b|rh\b|rH\b|"
     r"R\.H\.|r\.h\.|F\.?S\.?(?!\w)|of full scale)\)?", "%", None),
    (r"\bper ?cent(?:age)?\b", "%", None),
    (r"\bper mil(?:le)?\b", "‰", None),
    (r"(‰|\bpermil(?:le)?\b) ?\(?(?:vs\.? ?)?(?:V-?PDB|PDB|V-?SMOW|SMOW|AIR|air)\)?", r"\1", None),
    (r"\bpp([mb]) ?\((?:v|w|m|vol|mass)\)", r"pp\1", None),
    (r"^(?:[wvm]/[wv]|v/v|w/w|vol/vol)$", "count", None),
    # numbers that belong to a scale's name
    (r"\b(HV|HB|HBW|HK) ?\d+(?:\.\d+)?(?:/\d+)*(?!\w)", r"\1", None),
    (r"\bOD_?\d{3}(?!\w)", "OD", None),
    (r"^(.*\b(?:Btu|BTU|btu)\b.*[-/ ·(])F(?!\w)", r"\1degF", None),
    # plain numbers and counts
    (r"(?<!\w)[aA]\. ?[uU](?:\.|\b)", "arbitrary_unit", _ARBITRARY),
    (r"\b(?:arb|rel)\.? ?(?:units?\b|u\b\.?)|\barb\.|\barbitrary units?\b", "arbitrary_unit", None),
    (r"\bat\.$|\bf\. ?u\.|\bformula units?\b|\bu\. ?c\.|\bunit cells?\b", "formula_unit", None),
    (r"#|\b[Nn]o\.", "count", None),
    (r"[□⬜☐]|(?<=/)(?:sq|square)\b\.?(?=$|[)])", "count", None),
    # temperatures
    (r"\b(?:deg|Deg|DEG|degrees?|Degrees?)[. ]{0,2}([CFK])\b", r"deg\1", None),
    (r"\bo ?([CF])\b(?=$|[ )/])", r"deg\1", None),
    # areas, volumes, heads
    (r"\bsq\.? ?(ft|in|yd|mi|mm|cm|km|m)\b\.?", r"(\1**2)", None),
    (r"\bcu\.? ?(ft|in|yd|mm|cm|m)\b\.?", r"(\1**3)", None),
    (r"\b(m|km)\b ?\bsq\b\.?", r"(\1**2)", None),
    (r"\bsq(m|km)\b", r"(\1**2)", None),
    (r"\bfl\.? ?oz\b\.?", "floz", None),
    (r"(?:\"|\bin\.?|\binch(?:es)?) ?(?:[wW]\.? ?[cCgG]\.?(?!\w)|H2O\b)", "inH2O", None),
    (r"(?:\"|\bin\.|\binch(?:es)?) ?Hg\b", "inHg", None),
    (r"\b(mm|cm|m) ?(?:WC|WS|WG|wc)\b", r"\1H2O", None),
    # pressures above nothing, and differences of pressures
    (rf"(?<!\w)({_PRESSURE})(?: ?\((?:a|A|abs|absolute)\.?\)| (?:abs|absolute)\b\.?| ?[aA](?!\w)|-?abs\b)",
     r"\1", None),
    (rf"(?<!\w)({_PRESSURE})(?:[dD](?!\w)| ?\((?:d|D|diff)\.?\)| diff\b)", r"\1", None),
    # gases
    (r"\b(?:Nm|Sm|sm)(?:\^?3|³)|\bm(?:\^?3|³) ?(?:\((?:n|N|STP|NTP)\)|STP|NTP|n)(?!\w)",
     "normal_cubic_meter", None),
    (r"\bN[lL](?=$|[/ *])", "normal_liter", None),
    (r"(?<=[3³cCLlol]) ?\(?(?:STP|NTP)\)?", "", _STANDARD),
    # what a number is counted or measured from
    (r"\b([mkμnu]?V)\b ?\(?(?:vs\.?|versus) ?.+$", r"\1", None),
    (r"\b([mkμn]?V|[mkμn]?A)_?(?:rms|RMS|pp|p-p|pk|peak)(?!\w)|"
     r"\b([mkμn]?V|[mkμn]?A) (?:rms|RMS|pp|p-p|pk|peak|DC|AC|dc|ac)(?!\w)|"
     r"\b([mkμn]?V)(?:DC|AC|dc|ac|p)(?!\w)", r"\1\2\3", None),
    (r"(?<=[mt]) ?(?:a\.?s\.?l\.?|a\.?m\.?s\.?l\.?|a\.?g\.?l\.?|b\.?s\.?l\.?|b\.?s\.?f\.?|b\.?g\.?l\.?|bmsl|A?MSL|"
     r"ASL|AGL|NAP|NAVD88)$", "", None),
    (r"^(?:cal\.? ?|14C ?)?(yrs?|years?|a|ka|kyr|ky|Ma|Myr) ?(?:BP|B\.P\.|b2k|ago)$", r"\1", None),
    (r"^(?:cal ?BP|BP|yBP)$", "year", None),
    # what is weighed
    (rf"(?<=[\w)]) ?-?\b{_SUBSTANCES}(?=[/ )]|$)", "", _SUBSTANCE),
    (rf"^(?:({_MASS})(?:[ -](?:C|N|P|S|Cl|Ca|Mg|Na|Fe|Si|Pb|Zn|Cu|As)|(?<=g)[CNP]|(?<=[Gk]t)C)|(t)C)(?=[/ ]|$)",
     r"\1\2", _SUBSTANCE),
    # angstrom without its ring
    (r"^([mk]?eV|e|g|kcal/mol)/A(\^?[1-4]|[²³])?$", r"\1/Å\2", _ANGSTROM),
    (r"^A(\^?3|³)(?=/)", r"Å\1", _ANGSTROM),
    # units run together before an exponent
    (r"\b(k|c|m)?ms(-[12]|⁻[¹²]|\^\(?-[12]\)?)(?!\w)", r"\1m*s\2", _RUN_TOGETHER),
    (r"\b([mkMG]?N)m(-[1-4]|⁻[¹²³]|\^\(?-[1-4]\)?)(?!\w)", r"\1*m\2", _RUN_TOGETHER),
    (r"\be(?:\^?2|²)/h(?!\w)|(?<=\d)e(?:\^?2|²)/h(?!\w)", "*e**2/planck_constant", None),
    (r"^\*", "", None),
    # torque and work in feet and pounds
    (r"\b(ft|foot|feet|in|inch)[-· .]?lbs?(?![\w.*^²³-])", r"\1*lbf", _FOOT_POUND),
    (r"\blbs?[-· .](ft|foot|in|inch)(?![\w.*^²³/-])", r"lbf*\1", _FOOT_POUND),
    (r"(?<=[A-Za-z])\.(?=$|[/)])", "", None),
)  # fmt: skip

#: What is written, and what to write instead.
REFUSED_PHRASES: tuple[tuple[str, str], ...] = (
    (rf"(?<!\w){_PRESSURE}(?: ?\((?:g|G|ga|gauge|gage|rel|ü)\.?\)|[- ]?(?:gauge|gage|rel)\b\.?|"
     r"[ _-]?[gG](?![\w*^²³-])|ü)|\batü",
     "a gauge pressure is counted from the air around it, which is not known here: add the air's pressure (1.01325 "
     "bar, 14.696 psi at sea level) and write bar or psi; as a difference of pressures it is written so at once"),
    (rf"(?<!\w){_PRESSURE}[ -]?(?:vac(?:uum)?)\b",
     "a vacuum is counted down from the air around it: subtract it from the air's pressure, and write the unit alone"),
    (r"(?<![\w.])10[eE][+-]?\d+",
     "10e6 is ten million as a number, and a million to many who write it: write 1e6 or 1e7"),
    (r"[$€£¥]", "money is no physical unit: declare the column dimensionless"),
    (r"^[nN]/[aA]$(?<!N/A)|^n\.a\.?$", "a column without a unit is declared 1"),
    (r"^pH units?$", "pH is logarithmic: convert to a concentration in mol/L with 10**(-x), or declare the column "
     "dimensionless"),
    (r"^(?:log|log10|ln|lg|dex) ?\(?.*\)?$|\blog10? ?\(",
     "this scale is logarithmic: convert to the quantity itself, or declare the column dimensionless"),
    (r"^(?:kg|lbs?)/(?:sq\.? ?(?:in|cm|mm|ft)|(?:cm|mm|in|ft)(?:\^?2|²))$",
     "a pressure is written kgf/cm2 or lbf/in2, a mass on an area kg/m2"),
    (rf"(?<!\w){_PRESSURE}/[mM]?[lL]/(?:s|min)$|^[cm]mH2O/[mM]?[lL]/(?:s|min)$",
     "a resistance to flow divides by the flow: write cmH2O s/L"),
    (r"^kg(?:-m|-cm|-mm|[·. ]?cm)$", "a torque is written kgf*cm, a mass times a length kg*m"),
    (r"^[kKM]/[uμ][lL]$", "thousands and millions are written 10^3 and 10^6"),
    (r"^\"$|(?<=\d)\"$|^\"/", "an inch for some, a second of arc for others: write inch or arcsec"),
    (r"^'$|^'/", "a foot for some, a minute of arc for others: write foot or arcmin"),
    (r"[%‰][^\W\d_]|[%‰] (?!per\b)[^\W\d_]|[^\W\d_] ?\.?[%‰]",
     "a percent of what is no part of the unit: write % alone, and products with *"),
)  # fmt: skip

_PHRASES = tuple((re.compile(written), said, remark) for written, said, remark in PHRASES)
_REFUSED = tuple((re.compile(written), reason) for written, reason in REFUSED_PHRASES)


def said_again(letters: str, places: list[int]) -> Said:
    """Say the letters of a unit again without turns of phrase; UnreadableError where only the writer knows."""
    said = Said(letters, tuple(places))
    for pattern, replacement, remark in _PHRASES:
        said = _replaced(said, pattern, replacement, remark)
    for pattern, reason in _REFUSED:
        if (found := pattern.search(said.letters)) is not None:
            raise UnreadableError(said.places[found.start()], reason)
    return said


def _replaced(said: Said, pattern: re.Pattern[str], replacement: str, remark: str | None) -> Said:
    """Every match replaced; what is new stands at the place where the match began."""
    if pattern.search(said.letters) is None:
        return said
    letters: list[str] = []
    places: list[int] = []
    before = 0
    for found in pattern.finditer(said.letters):
        letters.append(said.letters[before : found.start()])
        places += said.places[before : found.start()]
        new = found.expand(replacement)
        letters.append(new)
        places += [said.places[found.start()]] * len(new)
        before = found.end()
    letters.append(said.letters[before:])
    places += said.places[before:]
    remarks = said.remarks if remark is None or remark in said.remarks else (*said.remarks, remark)
    return Said("".join(letters), tuple(places), remarks)
