"""No module imports one that imports it, by whatever way round, in a function either: what is read first is clear."""

import graphlib

import grimp

import vaguemestre

TESTS = (".tests", ".testing", ".conftest")


def test_no_ring_of_imports() -> None:
    graph = grimp.build_graph(vaguemestre.__name__)
    product = [module for module in graph.modules if not any(part in f"{module}." for part in TESTS)]
    imports = {module: graph.find_modules_directly_imported_by(module) for module in product}
    graphlib.TopologicalSorter(imports).prepare()  # raises CycleError, which names the ring
