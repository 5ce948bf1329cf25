"""Descriptors: few expressions of elemental features whose sum with coefficients, or whose threshold, tells a property.

The task of SISSO (Ouyang et al. 2018, Phys. Rev. Materials 2, 083802) on the bank and the join of the search: every
feature is exact in its dimensions, and all pairs are looked at where there are not too many.
"""
