"""Laws as functions whose fitted constants can be trained, for torch and jax: as objects and as source text."""

from __future__ import annotations

from symreg.laws.exporting.trainable.jax_law import JaxLaw, jax_law, jax_source
from symreg.laws.exporting.trainable.torch_law import torch_law, torch_source

__all__ = ["JaxLaw", "jax_law", "jax_source", "torch_law", "torch_source"]
