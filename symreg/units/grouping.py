"""What belongs together though no parenthesis says so: ``W/m-K``, ``J/kgK``, ``W/m²K``, ``mg/24 h``, ``/min``.

People write what they divide by in one piece, joined by a hyphen or by nothing. Such a piece gets the parentheses
that it lacks; what is set apart by a space or a point (``J/mol K``) does not, and is warned of by the grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from symreg.units.tokens import Token

_RUN_TOGETHER = """
kgK=kg*K gK=g*K molK=mol*K kmolK=kmol*K lbF=lb*degF lbmolF=lbmol*degF m2K=m2*K cm2K=cm2*K m3K=m3*K mmK=mm*K
m2C=m2*degC kgC=kg*degC Vs=V*s mVs=mV*s As=A*s mAs=mA*s Pas=Pa*s mPas=mPa*s kPas=kPa*s Js=J*s Ws=W*s kWs=kW*s
Ns=N*s kNs=kN*s kVAh=kVA*h kWhr=kW*h MWhr=MW*h Whr=W*h Nmm=N*mm kNmm=kN*mm Ncm=N*cm kgm=kg*m kgm2=kg*m2 gcm=g*cm
gcm2=g*cm2 m2s=m2*s cm2s=cm2*s m3s=m3*s m3h=m3*h m2Hz=m2*Hz m2sr=m2*sr Wm=W*m Am=A*m Am2=A*m2 Am2kg=A*m2*kg
Vm=V*m cm2V=cm2*V molL=mol*L mmolL=mmol*L gL=g*L mgL=mg*L Jkg=J*kg kJkg=kJ*kg Jmol=J*mol kJmol=kJ*mol mgkg=mg*kg
Wkg=W*kg molm=mol*m
"""

#: Words that are several units run together and no unit of their own.
RUN_TOGETHER: Mapping[str, tuple[str, ...]] = {
    word: tuple(units.split("*")) for word, units in (entry.split("=") for entry in _RUN_TOGETHER.split())
}

#: Of a power over a millikelvin everybody means a metre and a kelvin.
POWERS = frozenset({"W", "mW", "kW", "Btu", "BTU"})
BELOW_A_POWER: Mapping[str, tuple[str, ...]] = {"mK": ("m", "K"), "mC": ("m", "degC"), "cmK": ("cm", "K")}
THERMAL = '"W/mK" is read as W/(m*K); watts per millikelvin are written W/(0.001*K)'


def grouped(tokens: Sequence[Token], is_name: Callable[[str], bool]) -> list[Token]:
    """The tokens with parentheses around what is divided by, or joined, in one piece."""
    found = list(tokens)
    if found and found[0].kind == "slash":  # "/min" counts in a minute
        found.insert(0, replace(found[0], kind="number", text="1"))
    return _in_parentheses(_taken_apart(found, is_name))


def millikelvin(tokens: Sequence[Token]) -> bool:
    """Whether a power stands over what looks like a millikelvin."""
    return any(_is_below_a_power(tokens, place) for place in range(len(tokens)))


def _is_below_a_power(tokens: Sequence[Token], place: int) -> bool:
    return (
        place > 1
        and tokens[place].text in BELOW_A_POWER
        and tokens[place - 1].kind == "slash"
        and tokens[place - 2].text in POWERS
    )


def _taken_apart(tokens: Sequence[Token], is_name: Callable[[str], bool]) -> list[Token]:
    """Words that are several units, as several names that are glued."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        if _is_below_a_power(tokens, place):
            pieces = BELOW_A_POWER[token.text]
        else:
            pieces = (token.text,) if is_name(token.text) else RUN_TOGETHER.get(token.text, (token.text,))
        found += [replace(token, text=piece, glued=bool(index) or token.glued) for index, piece in enumerate(pieces)]
    return found


def _in_parentheses(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        below = bool(found) and (found[-1].kind == "slash" or found[-1].text == "per")
        piece, stop = _piece(tokens, place, below)
        several = sum(token.kind in ("name", "times") for token in piece) > 1
        if several or (piece[0].kind == "number" and len(piece) > 1):
            opened = replace(piece[0], kind="open", text="(")
            piece = [opened, *piece, replace(piece[-1], kind="close", text=")")]
        found += piece
        place = stop
    return found


def _piece(tokens: list[Token], place: int, below: bool) -> tuple[list[Token], int]:
    """What is written in one piece from here on, with a product for each hyphen, and where it ends."""
    piece = [tokens[place]]
    stop = place + 1
    if below and piece[0].kind == "number" and _is_name(tokens, stop):
        piece.append(tokens[stop])
        stop += 1
    elif not _is_name(tokens, place):
        return piece, stop
    while True:
        power = _power(tokens, stop)
        if any(token.text == "-" or "⁻" in token.text for token in power):
            return [tokens[place]], place + 1  # "W/m-1 K-1" is not for us to mend
        piece += power
        stop += len(power)
        if _is_hyphen(tokens, stop):
            piece.append(replace(tokens[stop], kind="times", text="*"))
            stop += 1
        elif not (below and _is_name(tokens, stop) and tokens[stop].glued):
            return piece, stop
        piece.append(tokens[stop])
        stop += 1


def _is_name(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].kind == "name" and tokens[place].text != "per"


def _is_hyphen(tokens: Sequence[Token], place: int) -> bool:
    """Whether a hyphen joins two names here: of ``s-1`` it is a sign."""
    return (
        _is_name(tokens, place + 1)
        and tokens[place].text == "-"
        and tokens[place].glued
        and tokens[place + 1].glued
    )


def _power(tokens: Sequence[Token], place: int) -> list[Token]:
    """The exponent that begins here, with its sign of power; nothing where none does."""
    first = tokens[place] if place < len(tokens) else None
    if first is None or not first.glued:
        return []
    if first.kind == "superscript":
        return [first]
    if first.kind == "sign":
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        return [first, after] if after is not None and after.kind == "number" and after.glued else []
    if first.kind != "power":
        return []
    stop = place + 1
    if stop < len(tokens) and tokens[stop].kind == "open":
        while stop < len(tokens) and tokens[stop].kind != "close":
            stop += 1
        return list(tokens[place : stop + 1])
    while stop < len(tokens) and tokens[stop].kind in ("sign", "number") and tokens[stop - 1].kind != "number":
        stop += 1
    return list(tokens[place:stop])
