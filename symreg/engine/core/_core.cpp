// The compiled engine. Only packed arrays cross: programs one after the other, offsets between them, outputs that the
// caller has allocated. Every call releases the interpreter lock.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include "bank_core.h"
#include "instructions.h"
#include "interpreter.h"
#include "join_core.h"
#include "least_squares.h"
#include "threads.h"

namespace nb = nanobind;

namespace symreg {
namespace {

template <class T>
using Vector = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Table = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T>
using OutVector = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using OutTable = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

void require(bool condition, const char* message) {
    if (!condition) throw std::invalid_argument(message);
}

// Programs packed one after the other; each has its constants [free..., fixed...] packed the same way.
std::vector<Program> unpack(const Table<std::int32_t>& code, const Vector<std::int64_t>& code_offsets,
                            const Vector<double>& constants, const Vector<std::int64_t>& constant_offsets,
                            const Vector<std::int64_t>& n_free, std::size_t n_inputs) {
    require(code.shape(1) == 3, "code must have three columns");
    std::size_t n = n_free.shape(0);
    require(code_offsets.shape(0) == n + 1 && constant_offsets.shape(0) == n + 1, "offsets do not match");
    std::vector<Program> programs(n);
    for (std::size_t i = 0; i < n; ++i) {
        std::int64_t begin = code_offsets.data()[i], end = code_offsets.data()[i + 1];
        std::int64_t first = constant_offsets.data()[i], last = constant_offsets.data()[i + 1];
        std::int64_t free = n_free.data()[i];
        require(0 <= begin && begin < end && end <= std::int64_t(code.shape(0)), "offsets outside of the code");
        require(0 <= first && first <= last && last <= std::int64_t(constants.shape(0)),
                "offsets outside of constants");
        require(0 <= free && free <= last - first, "more free constants than constants");
        programs[i] = {code.data() + 3 * begin, end - begin, std::int64_t(n_inputs), free, last - first - free,
                       constants.data() + first};
        programs[i].check();
    }
    return programs;
}

constexpr std::size_t BLOCKS_PER_ITEM = 16;

// Values in double or single precision, as X and out are.
template <class T>
void evaluate(Table<std::int32_t> code, Vector<std::int64_t> code_offsets, Vector<double> constants,
              Vector<std::int64_t> constant_offsets, Vector<std::int64_t> n_free, Table<T> X, OutTable<T> out,
              std::size_t threads, const std::string& instructions) {
    nb::gil_scoped_release release;
    std::vector<Program> programs = unpack(code, code_offsets, constants, constant_offsets, n_free, X.shape(0));
    std::size_t n_rows = X.shape(1);
    require(out.shape(0) == programs.size() && out.shape(1) == n_rows, "out has the wrong shape");
    const Kernels& fastest = kernels(instructions);
    Rows<T> rows(X.data(), X.shape(0), n_rows);
    std::size_t pieces = (rows.n_blocks() + BLOCKS_PER_ITEM - 1) / BLOCKS_PER_ITEM;
    std::vector<Scratch<T>> scratch(std::max<std::size_t>(threads, 1));
    share(programs.size() * pieces, threads, [&](std::size_t item, std::size_t worker) {
        const Program& program = programs[item / pieces];
        T* values = out.data() + item / pieces * n_rows;
        Interpreter<T> interpreter(program, fastest, scratch[worker], false, n_rows);
        interpreter.set_constants(program.constants);
        std::size_t first = item % pieces * BLOCKS_PER_ITEM, end = std::min(first + BLOCKS_PER_ITEM, rows.n_blocks());
        for (std::size_t block = first; block < end; ++block)
            interpreter.write_values(rows, block, values + block * BLOCK);
    });
}

void jacobian(Table<std::int32_t> code, Vector<std::int64_t> code_offsets, Vector<double> constants,
              Vector<std::int64_t> constant_offsets, Vector<std::int64_t> n_free, Table<double> X,
              OutVector<double> values, OutTable<double> J, std::size_t threads, const std::string& instructions) {
    nb::gil_scoped_release release;
    std::vector<Program> programs = unpack(code, code_offsets, constants, constant_offsets, n_free, X.shape(0));
    std::size_t n_rows = X.shape(1);
    require(programs.size() == 1, "one program at a time");
    const Program& program = programs[0];
    require(values.shape(0) == n_rows && J.shape(1) == n_rows, "an output has the wrong number of rows");
    require(std::int64_t(J.shape(0)) == program.n_free, "J has the wrong number of constants");
    Rows<double> rows(X.data(), X.shape(0), n_rows);
    std::vector<Scratch<double>> scratch(std::max<std::size_t>(threads, 1));
    std::size_t pieces = (rows.n_blocks() + BLOCKS_PER_ITEM - 1) / BLOCKS_PER_ITEM;
    share(pieces, threads, [&](std::size_t item, std::size_t worker) {
        Interpreter<double> interpreter(program, kernels(instructions), scratch[worker], true, n_rows);
        interpreter.set_constants(program.constants);
        std::size_t first = item * BLOCKS_PER_ITEM, end = std::min(first + BLOCKS_PER_ITEM, rows.n_blocks());
        for (std::size_t block = first; block < end; ++block) {
            std::size_t n = rows.rows_in(block);
            const double* root = interpreter.values(rows, block);
            std::copy(root, root + n, values.data() + block * BLOCK);
            interpreter.derivatives(rows.lanes_in(block));
            for (std::int64_t k = 0; k < program.n_free; ++k)
                std::copy(interpreter.slopes(k), interpreter.slopes(k) + n, J.data() + k * n_rows + block * BLOCK);
        }
    });
}

void fit_many(Table<std::int32_t> code, Vector<std::int64_t> code_offsets, Vector<double> constants,
              Vector<std::int64_t> constant_offsets, Vector<std::int64_t> n_free, Table<double> X, Vector<double> y,
              Vector<double> weights, int max_iterations, OutVector<double> values, OutVector<double> covariances,
              OutVector<double> residual_sums, OutVector<std::int32_t> outcomes, OutVector<std::int32_t> iterations,
              std::size_t threads, const std::string& instructions) {
    nb::gil_scoped_release release;
    std::vector<Program> programs = unpack(code, code_offsets, constants, constant_offsets, n_free, X.shape(0));
    std::size_t n = programs.size(), n_rows = X.shape(1);
    require(y.shape(0) == n_rows && weights.shape(0) == n_rows, "y and weights must have one entry per row");
    require(residual_sums.shape(0) == n && outcomes.shape(0) == n && iterations.shape(0) == n, "outputs do not match");
    std::vector<std::size_t> value_offset(n + 1, 0), covariance_offset(n + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t p = static_cast<std::size_t>(programs[i].n_free);
        value_offset[i + 1] = value_offset[i] + p;
        covariance_offset[i + 1] = covariance_offset[i] + p * p;
    }
    require(values.shape(0) == value_offset[n] && covariances.shape(0) == covariance_offset[n], "outputs do not match");
    Rows<double> rows(X.data(), X.shape(0), n_rows);
    Observations seen(rows, y.data(), weights.data());
    std::vector<FitScratch> scratch(std::max<std::size_t>(threads, 1));
    share(n, threads, [&](std::size_t i, std::size_t worker) {
        LeastSquares problem(programs[i], kernels(instructions), seen, scratch[worker]);
        const Fit& fit = problem.minimise(programs[i].constants, max_iterations);
        std::copy(fit.values.begin(), fit.values.end(), values.data() + value_offset[i]);
        std::copy(fit.covariance.begin(), fit.covariance.end(), covariances.data() + covariance_offset[i]);
        residual_sums.data()[i] = fit.residual_sum;
        outcomes.data()[i] = fit.outcome;
        iterations.data()[i] = fit.iterations;
    });
}

std::size_t join(Table<float> rows, Vector<std::int64_t> first, Vector<std::int64_t> second, Table<double> targets,
                 Table<double> roots, nb::ndarray<const double, nb::ndim<3>, nb::c_contig, nb::device::cpu> basis,
                 bool same, OutVector<double> scores, OutVector<std::int32_t> found_targets,
                 OutVector<std::int32_t> found_first, OutVector<std::int32_t> found_second, std::size_t threads,
                 const std::string& instructions) {
    nb::gil_scoped_release release;
    std::size_t m = rows.shape(1), n = targets.shape(0), keep = scores.shape(0);
    require(targets.shape(1) == m && roots.shape(1) == m && roots.shape(0) == n, "targets and weights do not match");
    require(basis.shape(0) == n && basis.shape(2) == m, "the basis does not match the targets");
    require(found_targets.shape(0) == keep && found_first.shape(0) == keep && found_second.shape(0) == keep && keep > 0,
            "outputs do not match");
    for (const auto* ids : {&first, &second})
        for (std::size_t i = 0; i < ids->shape(0); ++i)
            require(0 <= ids->data()[i] && ids->data()[i] < std::int64_t(rows.shape(0)), "a row outside of the table");
    JoinTask task{rows.data(),
                  m,
                  first.data(),
                  first.shape(0),
                  second.data(),
                  second.shape(0),
                  targets.data(),
                  roots.data(),
                  n,
                  basis.data(),
                  basis.shape(1),
                  same,
                  keep};
    std::vector<Pair> best = Join(task, kernels(instructions)).best(threads);
    for (std::size_t i = 0; i < best.size(); ++i) {
        scores.data()[i] = best[i].score;
        found_targets.data()[i] = best[i].target;
        found_first.data()[i] = best[i].first;
        found_second.data()[i] = best[i].second;
    }
    return best.size();
}

template <class T>
void define_evaluate(nb::module_& m, const char* name) {
    using namespace nb::literals;
    m.def(name, &evaluate<T>, "code"_a.noconvert(), "code_offsets"_a.noconvert(), "constants"_a.noconvert(),
          "constant_offsets"_a.noconvert(), "n_free"_a.noconvert(), "X"_a.noconvert(), "out"_a.noconvert(), "threads"_a,
          "instructions"_a);
}

}  // namespace
}  // namespace symreg

NB_MODULE(_core, m) {
    m.doc() = "The compiled engine; symreg.engine.compiled packs its arguments.";
    using namespace nb::literals;
    m.def("instruction_set", [] { return symreg::name_of(symreg::newest_instructions()); });
    m.attr("N_OPCODES") = int(symreg::N_OPCODES);
    symreg::define_evaluate<double>(m, "evaluate");
    symreg::define_evaluate<float>(m, "evaluate_float32");
    m.def("jacobian", &symreg::jacobian, "code"_a.noconvert(), "code_offsets"_a.noconvert(), "constants"_a.noconvert(),
          "constant_offsets"_a.noconvert(), "n_free"_a.noconvert(), "X"_a.noconvert(), "values"_a.noconvert(),
          "J"_a.noconvert(), "threads"_a, "instructions"_a);
    m.def("fit_many", &symreg::fit_many, "code"_a.noconvert(), "code_offsets"_a.noconvert(), "constants"_a.noconvert(),
          "constant_offsets"_a.noconvert(), "n_free"_a.noconvert(), "X"_a.noconvert(), "y"_a.noconvert(),
          "weights"_a.noconvert(), "max_iterations"_a, "values"_a.noconvert(), "covariances"_a.noconvert(),
          "residual_sums"_a.noconvert(), "outcomes"_a.noconvert(), "iterations"_a.noconvert(), "threads"_a,
          "instructions"_a);
    m.def("join", &symreg::join, "rows"_a.noconvert(), "first"_a.noconvert(), "second"_a.noconvert(),
          "targets"_a.noconvert(), "roots"_a.noconvert(), "basis"_a.noconvert(), "same"_a, "scores"_a.noconvert(),
          "found_targets"_a.noconvert(), "found_first"_a.noconvert(), "found_second"_a.noconvert(), "threads"_a,
          "instructions"_a);
    symreg::register_bank_core(m);
}
