"""Hubs that learn together: each from its own examples, and from what the others' examples taught them.

What is kept, what crosses the wire and how to check both stands in docs/learning.md. `arrays`, `checks`, `aggregate`,
`gate` and `local` are pure functions, `collect` is one round's state at the hub that leads it, and `rounds` carries it
over the mesh; another engine needs but another file like `rounds`.
"""
