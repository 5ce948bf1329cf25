// What the bank asks of the compiled engine. The arrays are those of symreg.search.native.bank.entries and are written
// in place; every call that takes long releases the interpreter lock.
#include "bank_core.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <stdexcept>

#include "combiner.h"
#include "instructions.h"

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

void meet(KeySet& set, Vector<std::uint64_t> keys, Vector<std::uint64_t> others, Vector<bool> good,
          Vector<bool> doubtful, OutVector<std::uint8_t> met) {
    nb::gil_scoped_release release;
    std::size_t n = keys.shape(0);
    require(others.shape(0) == n && good.shape(0) == n && doubtful.shape(0) == n && met.shape(0) == n,
            "keys do not match");
    for (std::size_t i = 0; i < n; ++i)
        met.data()[i] = static_cast<std::uint8_t>(
            good.data()[i] ? set.meet(keys.data()[i], others.data()[i], doubtful.data()[i]) : Met::OLD);
}

void doubt(KeySet& set, Vector<std::uint64_t> keys) {
    for (std::size_t i = 0; i < keys.shape(0); ++i) set.doubt(keys.data()[i]);
}

Operation operation(int opcode, bool unary, bool positive, bool negate_first, bool negate_second, bool makes_twins,
                    int own, int forbidden, int name, bool has_kinds, Vector<bool> taken, Vector<std::uint8_t> kinds) {
    require(ADD <= opcode && opcode < N_OPCODES, "no such operator");
    Operation made{Opcode(opcode),
                   unary,
                   positive,
                   negate_first,
                   negate_second,
                   makes_twins,
                   std::uint8_t(own),
                   std::uint8_t(forbidden),
                   std::int16_t(name),
                   has_kinds,
                   {},
                   {}};
    require(taken.shape(0) == made.taken.size() && kinds.shape(0) == made.kinds.size(), "tables of kinds do not match");
    std::copy_n(taken.data(), made.taken.size(), made.taken.begin());
    std::copy_n(kinds.data(), made.kinds.size(), made.kinds.begin());
    return made;
}

// A block with the arrays that it points into.
struct HeldBlock {
    Vector<std::int64_t> codes, ends;
    Vector<bool> triangle;
    Vector<std::int64_t> left, left_start, left_count, right, right_start, right_count;

    std::size_t total() const { return codes.shape(0) ? static_cast<std::size_t>(ends.data()[codes.shape(0) - 1]) : 0; }

    Block view() const {
        return {codes.shape(0),
                codes.data(),
                ends.data(),
                reinterpret_cast<const std::uint8_t*>(triangle.data()),
                {left.data(), left_start.data(), left_count.data()},
                {right.data(), right_start.data(), right_count.data()}};
    }

    static void check_side(const Vector<std::int64_t>& ids, const Vector<std::int64_t>& start,
                           const Vector<std::int64_t>& count, std::size_t n_groups) {
        require(start.shape(0) == n_groups && count.shape(0) == n_groups, "groups do not match");
        for (std::size_t k = 0; k < n_groups; ++k) {
            std::int64_t first = start.data()[k], n = count.data()[k];
            require(0 <= first && 0 <= n && first + n <= std::int64_t(ids.shape(0)), "a group lies outside of its ids");
        }
    }
};

HeldBlock block(Vector<std::int64_t> codes, Vector<std::int64_t> ends, Vector<bool> triangle, Vector<std::int64_t> left,
                Vector<std::int64_t> left_start, Vector<std::int64_t> left_count, Vector<std::int64_t> right,
                Vector<std::int64_t> right_start, Vector<std::int64_t> right_count) {
    HeldBlock made{codes, ends, triangle, left, left_start, left_count, right, right_start, right_count};
    std::size_t n_groups = codes.shape(0);
    require(ends.shape(0) == n_groups && triangle.shape(0) == n_groups, "groups do not match");
    HeldBlock::check_side(left, left_start, left_count, n_groups);
    HeldBlock::check_side(right, right_start, right_count, n_groups);
    std::int64_t end = 0;
    for (std::size_t k = 0; k < n_groups; ++k) {
        end += left_count.data()[k] * right_count.data()[k];
        require(ends.data()[k] == end, "ends do not match");
    }
    return made;
}

// A combiner with the arrays and sets that it writes to.
class HeldCombiner {
  public:
    HeldCombiner(OutTable<double> values, OutTable<double> first, OutTable<float> unit, OutVector<double> largest,
                 OutVector<std::int16_t> op, OutVector<std::int64_t> left, OutVector<std::int64_t> right,
                 OutVector<std::int16_t> size, OutVector<std::uint8_t> mask, OutVector<std::int64_t> code,
                 Vector<std::int64_t> probes, Table<double> first_directions, Table<double> directions,
                 KeySet& first_keys, KeySet& whole_keys, const Kernels& kernels, const RowKernels& rows)
        : values_(values),
          first_(first),
          unit_(unit),
          largest_(largest),
          op_(op),
          left_(left),
          right_(right),
          size_(size),
          mask_(mask),
          code_(code),
          probes_(probes),
          first_directions_(first_directions),
          directions_(directions),
          combiner_({values.shape(0), values.shape(1), values.data(), first.data(), largest.data(), unit.data(),
                     op.data(), size.data(), left.data(), right.data(), code.data(), mask.data()},
                    {probes.data(), first_directions.data(), directions.data()}, first_keys, whole_keys, kernels,
                    rows) {
        std::size_t capacity = values.shape(0), n_probes = values.shape(1);
        require(first.shape(0) == capacity && first.shape(1) == FIRST, "first has the wrong shape");
        require(unit.shape(0) == capacity && unit.shape(1) == n_probes, "unit has the wrong shape");
        for (std::size_t one : {largest.shape(0), op.shape(0), left.shape(0), right.shape(0), size.shape(0),
                                mask.shape(0), code.shape(0)})
            require(one == capacity, "columns do not match");
        require(probes.shape(0) == FIRST && first_directions.shape(0) == 2 && first_directions.shape(1) == FIRST &&
                    directions.shape(0) == 2 && directions.shape(1) == n_probes && n_probes > 0,
                "directions have the wrong shape");
        for (std::size_t i = 0; i < FIRST; ++i)
            require(0 <= probes.data()[i] && std::size_t(probes.data()[i]) < n_probes, "no such probe");
    }

    nb::tuple admit(const Operation& operation, const HeldBlock& block, std::size_t low, std::size_t high, int size,
                    std::size_t n, std::size_t threads) {
        require(n <= values_.shape(0), "more entries than room");
        require(low <= high && high <= block.total(), "outside of the block");
        Admitted admitted;
        {
            nb::gil_scoped_release release;
            admitted = combiner_.admit(operation, block.view(), low, high, std::int16_t(size), n, threads);
        }
        return nb::make_tuple(admitted.n, admitted.evaluated, admitted.cut);
    }

  private:
    OutTable<double> values_, first_;
    OutTable<float> unit_;
    OutVector<double> largest_;
    OutVector<std::int16_t> op_;
    OutVector<std::int64_t> left_, right_;
    OutVector<std::int16_t> size_;
    OutVector<std::uint8_t> mask_;
    OutVector<std::int64_t> code_;
    Vector<std::int64_t> probes_;
    Table<double> first_directions_, directions_;
    Combiner combiner_;
};

}  // namespace

void register_bank_core(nb::module_& m) {
    using namespace nb::literals;
    nb::class_<KeySet>(m, "KeySet")
        .def(nb::init<>())
        .def("__len__", &KeySet::size)
        .def_prop_ro("nbytes", &KeySet::bytes)
        .def("meet", &meet, "keys"_a.noconvert(), "others"_a.noconvert(), "good"_a.noconvert(),
             "doubtful"_a.noconvert(), "met"_a.noconvert())
        .def("doubt", &doubt, "keys"_a.noconvert());
    nb::class_<Operation>(m, "Operation");
    m.def("operation", &operation, "opcode"_a, nb::kw_only(), "unary"_a, "positive"_a, "negate_first"_a,
          "negate_second"_a, "makes_twins"_a, "own"_a, "forbidden"_a, "name"_a, "has_kinds"_a, "taken"_a.noconvert(),
          "kinds"_a.noconvert());
    nb::class_<HeldBlock>(m, "Block");
    m.def("block", &block, "codes"_a.noconvert(), "ends"_a.noconvert(), "triangle"_a.noconvert(), "left"_a.noconvert(),
          "left_start"_a.noconvert(), "left_count"_a.noconvert(), "right"_a.noconvert(), "right_start"_a.noconvert(),
          "right_count"_a.noconvert());
    nb::class_<HeldCombiner>(m, "Combiner")
        .def(
            "__init__",
            [](HeldCombiner* self, OutTable<double> values, OutTable<double> first, OutTable<float> unit,
               OutVector<double> largest, OutVector<std::int16_t> op, OutVector<std::int64_t> left,
               OutVector<std::int64_t> right, OutVector<std::int16_t> size, OutVector<std::uint8_t> mask,
               OutVector<std::int64_t> code, Vector<std::int64_t> probes, Table<double> first_directions,
               Table<double> directions, KeySet& first_keys, KeySet& whole_keys, const std::string& instructions) {
                new (self) HeldCombiner(values, first, unit, largest, op, left, right, size, mask, code, probes,
                                        first_directions, directions, first_keys, whole_keys, kernels(instructions),
                                        row_kernels(instructions));
            },
            "values"_a.noconvert(), "first"_a.noconvert(), "unit"_a.noconvert(), "largest"_a.noconvert(),
            "op"_a.noconvert(), "left"_a.noconvert(), "right"_a.noconvert(), "size"_a.noconvert(), "mask"_a.noconvert(),
            "code"_a.noconvert(), "probes"_a.noconvert(), "first_directions"_a.noconvert(), "directions"_a.noconvert(),
            "first_keys"_a, "whole_keys"_a, "instructions"_a, nb::keep_alive<1, 15>(), nb::keep_alive<1, 16>())
        .def("admit", &HeldCombiner::admit, "operation"_a, "block"_a, "low"_a, "high"_a, "size"_a, "n"_a, "threads"_a);
}

}  // namespace symreg
