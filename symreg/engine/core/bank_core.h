// Tells the extension module about what the bank needs.
#pragma once

#include <nanobind/nanobind.h>

namespace symreg {

void register_bank_core(nanobind::module_& m);

}  // namespace symreg
