"""Descriptors: few expressions of elemental features whose sum with coefficients, or whose threshold, tells a property.

The task of SISSO (Ouyang et al. 2018, Phys. Rev. Materials 2, 083802) on the bank and the join of the search: every
feature is exact in its dimensions, and all pairs are looked at where there are not too many.
"""

from __future__ import annotations

from symreg.descriptor.backend import Descriptors
from symreg.descriptor.classification import find_thresholds
from symreg.descriptor.descriptor_front import DescriptorFront
from symreg.descriptor.linear_model import DescriptorModel
from symreg.descriptor.regression import find_descriptors
from symreg.descriptor.settings import DEFAULT_OPERATORS, DescriptorSettings
from symreg.descriptor.threshold_front import ThresholdFront
from symreg.descriptor.threshold_model import ThresholdModel

__all__ = [
    "DEFAULT_OPERATORS",
    "DescriptorFront",
    "DescriptorModel",
    "DescriptorSettings",
    "Descriptors",
    "ThresholdFront",
    "ThresholdModel",
    "find_descriptors",
    "find_thresholds",
]
