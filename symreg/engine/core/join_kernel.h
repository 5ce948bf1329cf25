// The innermost loop of the join, compiled once per instruction set: a tile of inner products, and which of them make
// a pair that explains enough. The products never leave the registers' neighbourhood: a tile is scored as it is made.
#pragma once

#include <cstddef>

namespace symreg {

constexpr std::size_t TILE_F = 12;  // rows of f in a tile
constexpr std::size_t TILE_G = 16;  // rows of g in a tile: one vector, or some shorter ones
constexpr float COLLINEAR = 1e-5f;  // below this 1 - rho**2 is rounding in single precision

// rho[i][j] = f_i . g_j for panels laid out as f[k][TILE_F], g[k][TILE_G], k < n_probes; true where any pair of the
// tile has r_f**2 + r_g**2 - 2*r_f*r_g*rho >= threshold * (1 - rho**2).
using Tile = bool (*)(const float* f, const float* g, std::size_t n_probes, const float* r_f, const float* r_g,
                      float threshold, float (*rho)[TILE_G]);

}  // namespace symreg
