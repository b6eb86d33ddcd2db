"""What can be wrong with a graph: names, edges, dead ends, cycles; and which join belongs to which parallel node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from workflow.graph.document import Document, Node, Problem
from workflow.graph.node_types import NODE_TYPES

PARALLEL, JOIN, LOOP, EACH, NEXT, ERROR = "parallel", "join", "loop", "each", "next", "error"

Nexts = Mapping[str, Mapping[str, str]]


def structure_problems(document: Document) -> list[Problem]:
    """What is wrong with the graph itself, each problem with the node and the mend."""
    nodes = {node.id: node for node in document.nodes}
    if not nodes:
        return [Problem(place="/nodes", message="a workflow needs at least one node; add an action")]
    problems: list[Problem] = []
    if len(nodes) != len(document.nodes):
        problems.append(Problem(place="/nodes", message="two nodes have the same id; rename one"))
    if document.first not in nodes:
        problems.append(
            Problem(place="/start", message=f"there is no node {document.first!r}; name an existing one")
        )
    problems += _type_problems(document)
    problems += _edge_problems(document, nodes)
    if not problems:
        problems += _path_problems(document, nodes)
    return problems


def _type_problems(document: Document) -> list[Problem]:
    return [
        Problem(place=node.id, message=f"there is no node type {node.type!r}; known: {', '.join(NODE_TYPES)}")
        for node in document.nodes
        if node.type not in NODE_TYPES
    ]


def ports_of(node: Node) -> tuple[str, ...] | None:
    """The ports of a node; ``None`` while its type or config does not tell."""
    node_type = NODE_TYPES.find(node.type)
    return node_type.ports(node) if node_type is not None else None


def _edge_problems(document: Document, nodes: dict[str, Node]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for number, edge in enumerate(document.edges):
        place = f"/edges/{number}"
        problems += [
            Problem(place=place, message=f"there is no node {end!r}; connect it to an existing one")
            for end in (edge.source, edge.target)
            if end not in nodes
        ]
        ports = ports_of(nodes[edge.source]) if edge.source in nodes else None
        if ports is not None and edge.port not in ports:
            problems.append(
                Problem(
                    place=place,
                    message=f"node {edge.source!r} has no port {edge.port!r}; it has {', '.join(sorted(ports))}",
                )
            )
        if (edge.source, edge.port) in seen:
            problems.append(
                Problem(
                    place=place,
                    message=f"port {edge.port!r} of {edge.source!r} is connected twice; keep one edge",
                )
            )
        seen.add((edge.source, edge.port))
    return problems


def nexts_of(document: Document) -> dict[str, dict[str, str]]:
    """What each node's ports lead to."""
    nexts: dict[str, dict[str, str]] = defaultdict(dict)
    for edge in document.edges:
        nexts[edge.source][edge.port] = edge.target
    return nexts


def _path_problems(document: Document, nodes: dict[str, Node]) -> list[Problem]:
    nexts = nexts_of(document)
    reached = reach(document.first, lambda node_id: nexts[node_id].values())
    problems = [
        Problem(
            place=node_id,
            message=f"node {node_id!r} cannot be reached from {document.first!r}; connect or delete it",
        )
        for node_id in nodes
        if node_id not in reached
    ]
    problems += [
        Problem(
            place=node_id,
            message=f"{node.type} {node_id!r} leads nowhere; connect one of its ports: "
            f"{', '.join(ports_of(node) or ())}",
        )
        for node_id, node in nodes.items()
        if NODE_TYPES.get(node.type).branches and not nexts[node_id]
    ]
    problems += _join_problems(nodes, nexts)
    problems += _return_problems(nodes, nexts)
    problems += _loop_problems(nodes, nexts)
    looped = _node_on_busy_cycle(nodes, _without_returns(nodes, nexts))
    if looped:
        problems.append(
            Problem(place=looped, message=f"node {looped!r} is on a cycle without a wait; put a wait into it")
        )
    return problems


def reach(start: str, follow: Callable[[str], Iterable[str]]) -> set[str]:
    """All nodes that can be reached from ``start``, itself included."""
    reached, todo = set[str](), [start]
    while todo:
        node_id = todo.pop()
        if node_id not in reached:
            reached.add(node_id)
            todo.extend(follow(node_id))
    return reached


def joins_of(nodes: Mapping[str, Node], nexts: Nexts) -> dict[str, set[str]]:
    """For each parallel node the joins that its branches come to; in a right graph one, or none."""
    found: dict[str, set[str]] = {}

    def joins(parallel: str) -> set[str]:
        if parallel in found:
            return found[parallel]
        found[parallel] = set()  # a cycle back to itself adds nothing
        branches = [target for port, target in nexts[parallel].items() if port != ERROR]
        seen, todo = set[str](), branches
        while todo:
            node_id = todo.pop()
            if node_id in seen or node_id == parallel:
                continue
            seen.add(node_id)
            if nodes[node_id].type == JOIN:
                found[parallel].add(node_id)
            else:
                todo.extend(_onwards(node_id))
        return found[parallel]

    def _onwards(node_id: str) -> list[str]:
        """Where an execution of the same level goes from here: past a nested parallel, and past a loop's body."""
        kind = nodes[node_id].type
        if kind == PARALLEL:
            after = [target for join in joins(node_id) for target in nexts[join].values()]
            return [*after, *(t for p, t in nexts[node_id].items() if p == ERROR)]
        if kind == LOOP:
            return [target for port, target in nexts[node_id].items() if port != EACH]
        return list(nexts[node_id].values())

    for node_id, node in nodes.items():
        if node.type == PARALLEL:
            joins(node_id)
    return found


def _join_problems(nodes: dict[str, Node], nexts: Nexts) -> list[Problem]:
    by_parallel = joins_of(nodes, nexts)
    problems = [
        Problem(
            place=node_id,
            message=f"the branches of {node_id!r} come to different joins ({', '.join(sorted(joins))}); "
            "lead them all to one",
        )
        for node_id, joins in by_parallel.items()
        if len(joins) > 1
    ]
    owners: dict[str, list[str]] = defaultdict(list)
    for parallel, joins in by_parallel.items():
        for join in joins:
            owners[join].append(parallel)
    for node_id, node in nodes.items():
        if node.type == JOIN and len(owners[node_id]) != 1:
            message = (
                f"join {node_id!r} belongs to no parallel node; put one before it, or delete it"
                if not owners[node_id]
                else f"join {node_id!r} is shared by {', '.join(sorted(owners[node_id]))}; give each its own"
            )
            problems.append(Problem(place=node_id, message=message))
    return problems


def _return_problems(nodes: dict[str, Node], nexts: Nexts) -> list[Problem]:
    """Branches that come back to where they began, where each would branch again, twice as many each time round."""
    joins = joins_of(nodes, nexts)
    bodies = {
        loop: _level(nexts, loop, nexts[loop].get(EACH, loop)) for loop in nodes if nodes[loop].type == LOOP
    }

    def leads_back(parallel: str) -> bool:
        ends = joins[parallel] | {loop for loop, body in bodies.items() if parallel in body}
        starts = [target for port, target in nexts[parallel].items() if port != ERROR]

        def onwards(at: str) -> Iterable[str]:
            return () if at in ends else nexts[at].values()

        return any(parallel in reach(start, onwards) for start in starts)

    return [
        Problem(
            place=parallel,
            message=f"a branch of {parallel!r} leads back to it; bring its branches together in a join first",
        )
        for parallel in joins
        if leads_back(parallel)
    ]


def _loop_problems(nodes: dict[str, Node], nexts: Nexts) -> list[Problem]:
    problems: list[Problem] = []
    joins = joins_of(nodes, nexts)
    for node_id, node in nodes.items():
        if node.type != LOOP:
            continue
        body = nexts[node_id].get(EACH, "")
        if not body:
            problems.append(
                Problem(place=node_id, message=f"loop {node_id!r} does nothing; connect its port 'each'")
            )
            continue

        inside = _level(nexts, node_id, body)
        problems += [
            Problem(
                place=join,
                message=f"join {join!r} brings the branches of {parallel!r} together, and the body of loop {node_id!r} "
                "leads to it from within; end the body by leading it back to the loop, or nowhere",
            )
            for parallel, found in joins.items()
            for join in sorted(found & inside)
            if parallel not in inside
        ]
        after = nexts[node_id].get(NEXT, "")
        shared = inside & _level(nexts, node_id, after) if after else set[str]()
        if shared:
            problems.append(
                Problem(
                    place=min(shared),
                    message=f"node {min(shared)!r} is both in the body of loop {node_id!r} and after it; "
                    "end the body by leading it back to the loop, or nowhere",
                )
            )
    return problems


def _without_returns(nodes: dict[str, Node], nexts: Nexts) -> Nexts:
    """The graph without the edges by which a loop's body leads back to it: the loop is bounded, so they are no cycle."""
    kept = {node_id: dict(nexts[node_id]) for node_id in nodes}
    for node_id, node in nodes.items():
        if node.type == LOOP:
            for inner in _level(nexts, node_id, nexts[node_id].get(EACH, node_id)):
                kept[inner] = {p: t for p, t in kept[inner].items() if t != node_id}
    return kept


def _level(nexts: Nexts, loop: str, start: str) -> set[str]:
    """The nodes from ``start`` on, up to the loop and without it."""
    return reach(start, lambda node_id: () if node_id == loop else nexts[node_id].values()) - {loop}


def _node_on_busy_cycle(nodes: dict[str, Node], nexts: Nexts) -> str:
    """A node on a cycle that nothing interrupts, or an empty string."""
    visiting, done = set[str](), set[str]()

    def visit(node_id: str) -> str:
        node = nodes[node_id]
        if node_id in done or NODE_TYPES.get(node.type).pauses(node):
            return ""
        if node_id in visiting:
            return node_id
        visiting.add(node_id)
        for target in nexts[node_id].values():
            found = visit(target)
            if found:
                return found
        visiting.discard(node_id)
        done.add(node_id)
        return ""

    return next((found for node_id in nodes if (found := visit(node_id))), "")
