"""Where a tree's nodes are drawn: from its middle down, each under the one it hangs on, the leaves side by side."""

from core.categorical.models import Tree


def edges(tree: Tree) -> list[tuple[int, int]]:
    """The edges, (parent, child)."""
    return [(parent, child) for child, parent in enumerate(tree.parents) if parent >= 0]


def places(tree: Tree) -> list[tuple[float, int]]:
    """(across, depth) of every column: leaves count from 0, all others stand over the middle of what hangs on them.

    It hangs on the column from which it is least deep, for the edges have no direction.
    """
    near: dict[int, list[int]] = {j: [] for j in range(len(tree.parents))}
    for one, other in edges(tree):
        near[one].append(other)
        near[other].append(one)
    found = min((hung(near, root) for root in near), key=lambda way: max(depth for _, depth, _ in way))
    across: dict[int, float] = {}
    leaves = 0
    for j, _, own in reversed(found):
        across[j] = sum(across[k] for k in own) / len(own) if own else float(leaves)
        leaves += not own
    depths = {j: depth for j, depth, _ in found}
    return [(across[j], depths[j]) for j in range(len(tree.parents))]


def hung(near: dict[int, list[int]], root: int) -> list[tuple[int, int, list[int]]]:
    """Every node before what hangs on it: its number, its depth and what hangs on it, from this root."""
    found: list[tuple[int, int, list[int]]] = []
    left = [(root, 0, -1)]
    while left:
        node, depth, above = left.pop()
        own = [other for other in near[node] if other != above]
        found.append((node, depth, own))
        left += [(other, depth + 1, node) for other in own]
    return found
