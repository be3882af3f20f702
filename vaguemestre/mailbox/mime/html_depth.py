"""How deep a document really nests, as the parser of a browser sees it: stray end tags deceive a count of tags."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

DEPTH_LIMIT = 256


def is_too_deep(tree: LexborHTMLParser, limit: int = DEPTH_LIMIT) -> bool:
    """Walks without recursion, and stops as soon as it knows."""
    node: LexborNode | None = tree.root
    level = 0
    while node is not None:
        if level > limit:
            return True
        if node.child is not None:
            node, level = node.child, level + 1
            continue
        while node is not None and node.next is None:
            node, level = node.parent, level - 1
            if level <= 0:
                return False
        node = node.next if node is not None else None
    return False
