// Tells the extension module about what the bank needs.
#pragma once

#include <nanobind/nanobind.h>

namespace symreg {

void register_bank_core(nanobind::module_& m, bool has_avx2);

}  // namespace symreg
