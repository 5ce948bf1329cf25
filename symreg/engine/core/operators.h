// One row per operator, numbered from 2 in this order, as in symreg/formula/operators.py: its name in the core, its
// value, and its slope by each operand. Operators of two operands stand before those of one.
//
// A value is a formula in x (and y) of type T, which is double or float; a slope is one in x, y and the value v, all
// double. They call what vector_math.h and kernels.cpp define before the rows are used, or the platform's functions.
// Powers have vector code in kernels.cpp, and what stands here for operands that it is not made for.
// Functions of an angle have the vector code, the platform's function for large arguments, and slopes in kernels.cpp.
#pragma once

// clang-format off
#define SYMREG_OPERATORS(BINARY, UNARY, ANGLE)                                                              \
    BINARY(ADD, x + y, 1.0, 1.0)                                                                            \
    BINARY(SUB, x - y, 1.0, -1.0)                                                                           \
    BINARY(MUL, x * y, y, x)                                                                                \
    BINARY(DIV, x / y, 1.0 / y, -v / y)                                                                     \
    BINARY(POW, std::pow(x, y), slope_of_power(x, y, v), (x == 0.0) & (y > 0.0) ? 0.0 : v * vlog(x))        \
    /* What is compared with NaN is NaN, unlike with fmax. Half of the slope to each operand where both are \
       equal, as the slope of |x| at 0 is 0. */                                                             \
    BINARY(MAX, (x > y) | (x != x) ? x : y, double(x > y) + 0.5 * double(x == y),                           \
           double(x < y) + 0.5 * double(x == y))                                                            \
    BINARY(MIN, (x < y) | (x != x) ? x : y, double(x < y) + 0.5 * double(x == y),                           \
           double(x > y) + 0.5 * double(x == y))                                                            \
    UNARY(NEG, -x, -1.0)                                                                                    \
    UNARY(INV, T(1) / x, -v * v)                                                                            \
    UNARY(SQUARE, x * x, 2.0 * x)                                                                           \
    UNARY(CUBE, x * x * x, 3.0 * x * x)                                                                     \
    UNARY(SQRT, std::sqrt(x), 0.5 / v)                                                                      \
    UNARY(EXP, vexp(x), v)                                                                                  \
    UNARY(LOG, vlog(x), 1.0 / x)                                                                            \
    UNARY(LOG10, Functions<T>::log10(x), 0.43429448190325182765 / x)                                        \
    ANGLE(SIN, vsin(x), std::sin(x))                                                                        \
    ANGLE(COS, vcos(x), std::cos(x))                                                                        \
    ANGLE(TAN, Functions<T>::tan(x), std::tan(x))                                                           \
    UNARY(ASIN, Functions<T>::asin(x), 1.0 / std::sqrt((1.0 - x) * (1.0 + x)))                              \
    UNARY(ACOS, Functions<T>::acos(x), -1.0 / std::sqrt((1.0 - x) * (1.0 + x)))                             \
    UNARY(ATAN, Functions<T>::atan(x), 1.0 / (1.0 + x * x))                                                 \
    UNARY(SINH, Functions<T>::sinh(x), vcosh(x))                                                            \
    UNARY(COSH, Functions<T>::cosh(x), vsinh(x))                                                            \
    UNARY(TANH, vtanh(x), (1.0 - v) * (1.0 + v))                                                            \
    UNARY(ABS, vabs(x), x == x ? double(x > 0.0) - double(x < 0.0) : x)                                     \
    UNARY(CBRT, std::cbrt(x), 1.0 / (3.0 * v * v))                                                          \
    /* 1/2 at zero, NaN at NaN */                                                                           \
    UNARY(STEP, x > T(0) ? T(1) : x < T(0) ? T(0) : T(0.5) + x, 0.0)                                        \

// The empty line above ends the list, so that a new row is a line like any other.
// clang-format on
