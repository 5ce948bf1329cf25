"""What people call units: names that the library of units lacks or misreads.

``DEFINITIONS`` adds names, in the library's own notation and in exact numbers. ``SPELLINGS`` are other ways
to write a known name. What no factor converts, and what two trades use for two things, is in ``doubtful.py``.
"""

# ruff: noqa: RUF001  (the signs that people write are the matter of this file)

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

_COUNTS = """
photon electron event ion cell beam nucleon site spin bond beat breath stroke person organism individual
disintegration pulse droplet item monomer residue base_pair vehicle MPN
"""

#: Trades' units, by their definitions; international pound and inch, US gallon.
TRADES = (
    "emu = 1e-3 A * m ** 2",  # magnetic moment: 1 erg/gauss
    "gauss_oersted = 0.00795774715459476 J / m ** 3 = GOe",  # 1e-4 T times 1000/(4 pi) A/m
    "vickers = 9.80665 N / mm ** 2 = HV",  # ISO 6507: kgf/mm2
    "brinell = 9.80665 N / mm ** 2 = HB = HBW = BHN",  # ISO 6506
    "knoop = 9.80665 N / mm ** 2 = HK",  # ISO 4545
    "equivalent = mole = Eq = eq",  # of charge
    "osmole = mole = Osm = osm",
    "pound_mole = 453.59237 mol = lbmol",
    "volt_ampere_reactive = volt * ampere = var = VAr = VAR",
    "foot_candle = 1 / 0.09290304 lx = fc = ftcd",
    "heat_flow_unit = 0.04184 W / m ** 2 = HFU",
    "cubic_foot_per_minute = foot ** 3 / minute = cfm = CFM = acfm = ACFM",
    "cubic_foot_per_second = foot ** 3 / second = cfs = CFS",
    "gallon_per_minute = gallon / minute = gpm = GPM = USgpm",
    "million_gallons_per_day = 1e6 gallon / day = mgd = MGD",
    "barrel_per_day = 42 gallon / day = bpd = BPD = bopd",
    "cumec = m ** 3 / second",
    "liter_per_minute = liter / minute = lpm = LPM = Lpm",
    "liter_per_hour = liter / hour = lph = LPH",
    "beats_per_minute = count / minute = bpm = BPM",
    "counts_per_minute = count / minute = cpm = CPM",
    "disintegrations_per_minute = count / minute = dpm = DPM",
    "normal_cubic_meter = m ** 3",
    "normal_liter = liter",
    "standard_cubic_foot = foot ** 3 = scf = SCF",
    "standard_cubic_centimeter_per_minute = cm ** 3 / minute = sccm = SCCM",
    "standard_cubic_foot_per_minute = foot ** 3 / minute = scfm = SCFM",
    "standard_cubic_foot_per_hour = foot ** 3 / hour = scfh = SCFH",
    "standard_liter_of_gas_per_minute = liter / minute = slpm = SLPM = slm = SLM = NLPM = Nlpm = nlpm",
    "thousand_standard_cubic_feet = 1e3 foot ** 3 = Mscf = MSCF",
    "million_standard_cubic_feet = 1e6 foot ** 3 = MMscf = MMSCF",
    "million_standard_cubic_feet_per_day = 1e6 foot ** 3 / day = MMscfd = MMSCFD",
    "million_british_thermal_units = 1e6 Btu = MMBtu = MMBTU = mmBtu",
    "pound_force_per_square_foot = lbf / foot ** 2 = psf",
    "kip_per_square_foot = 1e3 lbf / foot ** 2 = ksf",
    "pound_per_cubic_foot = lb / foot ** 3 = pcf",
    "pound_force_per_foot = lbf / foot = plf",
    "million_psi = 1e6 psi = Msi = msi",
    "foot_per_minute = foot / minute = fpm = FPM",
    "inch_per_second = inch / second = ips",
    "mil_per_year = thou / year = mpy",
    "mile_per_gallon = mile / gallon = mpg",
    "rad_of_dose = 0.01 gray",
    "parts_per_hundred_million = 1e-8 = pphm",
    "parts_per_trillion = 1e-12 = pptv",
)

#: ``name = value = symbol = alias ...``, with the source. Where the library gives a symbol to something
#: else, the full name is new and the symbol moves to it.
DEFINITIONS = (
    "solar_mass = 1.98847e30 kg = M_sun = Msun",  # IAU 2015 GM_sun over CODATA G
    "solar_luminosity = 3.828e26 W = L_sun = Lsun",  # IAU 2015 Resolution B3, nominal
    "solar_radius = 6.957e8 m = R_sun = Rsun",  # IAU 2015 Resolution B3, nominal
    "earth_mass = 5.9722e24 kg = M_earth = Mearth",  # IAU 2015 GM_earth over CODATA G
    "earth_radius = 6.3781e6 m = R_earth = Rearth",  # IAU 2015 Resolution B3, nominal equatorial
    "jupiter_mass = 1.89813e27 kg = M_jupiter = M_jup = Mjup",  # IAU 2015 GM_jupiter over CODATA G
    "jupiter_radius = 7.1492e7 m = R_jupiter = R_jup = Rjup",  # IAU 2015 Resolution B3, nominal equatorial
    "lunar_mass = 7.346e22 kg = M_moon",  # Williams et al. 2014, J. Geophys. Res. Planets 119, 1546
    "jansky = 1e-26 W / m ** 2 / Hz = Jy",  # IAU
    "punto = 169 / 180 mm",  # Galileo's folio 116v: 0.938889 mm
    "parts_per_billion = 1e-9 = ppb = ppbv",
    "newton_meter = N * m = Nm",  # not the textile trade's number_meter
    # Gaussian units by their SI value, because mass**(1/2) helps nobody with a teslameter.
    "tesla_gauss = 1e-4 tesla = G = gauss",
    "si_oersted = 79.57747154594767 A / m = Oe = oersted",
    "si_maxwell = 1e-8 weber = Mx = maxwell",
    "si_franklin = 3.3356409519815204e-10 coulomb = Fr = franklin = statcoulomb = statC = esu",
    "si_statvolt = 299.792458 volt = statV = statvolt",
    # What is counted: a number of things has no dimension.
    "atom = count = at",  # not the technical atmosphere, which is written kgf/cm2
    "counted_molecule = count = particle = molecule = molec",
    "formula_unit = count = fu",
    "colony_forming_unit = count = CFU = cfu",
    "plaque_forming_unit = count = PFU = pfu",
    "analogue_digital_unit = count = ADU = adu = DN",
    "arbitrary_unit = count = arb = RFU = AFU",
    "cycle = count",  # a turn is a turn or a revolution
    "dots_per_inch = count / inch = dpi",
    "practical_salinity_unit = count = psu = PSU",  # UNESCO 1981: the practical scale is a plain number
    "okta = count / 8",
    *(f"{one} = count" for one in _COUNTS.split()),
    *TRADES,
)

#: Units that count or compare; the library keeps them apart, a dimension does not.
COUNTED = frozenset({"count", "bit", "pixel", "absorbance_unit", "refractive_index_unit", "radian"})

#: Zero points of the temperature scales, in their own degrees above absolute zero, by the library's name.
ZERO_POINTS: Mapping[str, tuple[Fraction, str]] = {
    "degree_Celsius": (Fraction("273.15"), "delta_degC"),
    "degree_Fahrenheit": (Fraction("459.67"), "delta_degF"),
    "degree_Reaumur": (Fraction("218.52"), "delta_degRe"),
}

SPELLINGS: Mapping[str, str] = {
    "%": "percent",
    "‰": "permille",
    "°": "degree",
    "degs": "degree",
    "′": "arcminute",
    "′′": "arcsecond",
    "°C": "degC",
    "°F": "degF",
    "°K": "kelvin",
    "Δ°C": "delta_degC",
    "Δ°F": "delta_degF",
    "deg_C": "degC",
    "deg_F": "degF",
    "degree_C": "degC",
    "degree_F": "degF",
    "degrees_C": "degC",
    "degrees_F": "degF",
    "degree_celsius": "degC",
    "degrees_celsius": "degC",
    "degree_fahrenheit": "degF",
    "degrees_fahrenheit": "degF",
    **dict.fromkeys(("ppmv", "ppmw", "ppmm", "PPM"), "ppm"),
    **dict.fromkeys(("ppbw", "PPB"), "parts_per_billion"),
    **dict.fromkeys(("mol%", "at%", "wt%", "vol%", "mass%", "pct"), "percent"),
    **dict.fromkeys(("permil", "promille"), "permille"),
    **dict.fromkeys(("oC", "Celcius", "celcius", "DegC", "DEGC", "Deg_C"), "degC"),
    **dict.fromkeys(("oF", "DegF", "DEGF", "Deg_F"), "degF"),
    **dict.fromkeys(
        ("degree_north", "degrees_north", "degree_east", "degrees_east", "degrees_true"), "degree"
    ),
    "hrs": "hour",
    "yrs": "year",
    "mins": "minute",
    "secs": "second",
    "lbs": "pound",
    "Ohm": "ohm",
    "Ohms": "ohm",
    "Ω": "ohm",
    "℧": "siemens",
    "Ang": "angstrom",
    "AU": "astronomical_unit",
    "wk": "week",
    "rev": "revolution",
    "px": "pixel",
    "rads": "radian",
    **dict.fromkeys(("bbl", "bbls", "BBL", "stb", "STB"), "oil_barrel"),
    **dict.fromkeys(("PS", "CV", "cv"), "metric_horsepower"),
    **dict.fromkeys(("HP", "bhp", "BHP"), "horsepower"),
    **dict.fromkeys(("TR", "RT"), "refrigeration_ton"),
    **dict.fromkeys(("mil", "mils"), "thou"),
    **dict.fromkeys(("RPM", "Rpm"), "rpm"),
    **dict.fromkeys(("kmh", "kmph", "Kmh", "Kmph", "KMH"), "kph"),
    **dict.fromkeys(("kts", "knots"), "knot"),
    "mTorr": "millitorr",
    **dict.fromkeys(("uTorr", "µTorr", "μTorr"), "microtorr"),
    **dict.fromkeys(("cts", "Cts"), "count"),
    **dict.fromkeys(("lbm", "lbms"), "pound"),
    **dict.fromkeys(("klbf", "kips", "Kips"), "kip"),
    **dict.fromkeys(("PSI", "Psi"), "psi"),
    **dict.fromkeys(("btu", "BTUs", "Btus"), "Btu"),
    **dict.fromkeys(("gm", "gms"), "gram"),
    "kgs": "kilogram",
    "kms": "kilometer",
    **dict.fromkeys(("ltr", "ltrs", "Ltr"), "liter"),
    **dict.fromkeys(("mEh", "mHa"), "millihartree"),
    "Ryd": "rydberg",
    "°R": "degR",
    "ata": "technical_atmosphere",
    "gee": "standard_gravity",
    **dict.fromkeys(("uas", "µas", "μas"), "microarcsecond"),
    "Gs": "gauss",
    **dict.fromkeys(("uB", "µB", "μB", "muB", "μ_B", "µ_B"), "bohr_magneton"),
    "kGs": "kilogauss",
    "cp": "centipoise",
    "mD": "millidarcy",
    "Cal": "kilocalorie",
    **dict.fromkeys(("kCal", "Kcal", "KCal"), "kilocalorie"),
    "krad": "kilorad_of_dose",
    "Mrad": "megarad_of_dose",
    "fu": "formula_unit",
    **dict.fromkeys(("Mya", "mya", "My"), "megayear"),
    **dict.fromkeys(("kya", "ky"), "kiloyear"),
    **dict.fromkeys(("Gya", "gya", "bya"), "gigayear"),
    "mo": "month",
    "sqft": "square_foot",
    "cuft": "cubic_foot",
    "cbm": "stere",
    **dict.fromkeys(("fraction", "ratio", "frac", "number", "numbers", "num", "nos", "pcs", "people"), "count"),
}

_COMMON = """
m s kg K A mol cd g N J W V Pa Hz C F T H ohm S Wb L eV rad deg h min day year mm cm km nm um ms us ns mg kN
kJ MJ kW MW mV kV kPa MPa GPa hPa mbar bar atm kHz MHz GHz mA uA mT nT mL kmol mmol keV MeV GeV meV pm fm
degC degF percent ppm pc kpc Mpc au M_sun L_sun R_sun M_earth R_earth count dimensionless inch foot mile
meter metre second minute hour week month gram kilogram liter litre newton joule watt volt ampere kelvin
pascal hertz coulomb farad tesla henry angstrom micrometer nanometer millimeter centimeter kilometer radian
degree arcmin arcsec candela mole dalton light_year parsec astronomical_unit solar_mass solar_luminosity
earth_mass jupiter_mass
"""

#: The units most tables use: suggested first, and what run-together words are split into.
COMMON = tuple(_COMMON.split())
