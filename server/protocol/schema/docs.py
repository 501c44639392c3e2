"""Documentation that Python forgets at run time: the texts below assignments, read from the source."""

import ast
import functools
import inspect
import itertools
import re
from types import ModuleType


def flat(text: str) -> str:
    """One line per paragraph, without reStructuredText's double backticks and in JSON's words."""
    paragraphs = re.sub(r"\bNone\b", "null", inspect.cleandoc(text).replace("``", "`")).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


@functools.cache
def of_module(module: ModuleType) -> dict[str, str]:
    """``{"NAME": text, "Class.field": text}`` for every assignment of the module that has a text below it."""
    tree = ast.parse(inspect.getsource(module))
    found = _below(tree.body, "")
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= _below(node.body, f"{node.name}.")
    return found


def of_field(cls: type, field: str) -> str:
    """The text below the field, in the class or in the base that declares it; empty where there is none."""
    for base in cls.__mro__:
        if field in inspect.get_annotations(base):
            module = inspect.getmodule(base)
            return of_module(module).get(f"{base.__name__}.{field}", "") if module else ""
    return ""


def _below(body: list[ast.stmt], prefix: str) -> dict[str, str]:
    found = {}
    for statement, after in itertools.pairwise(body):
        if not isinstance(after, ast.Expr) or not isinstance(after.value, ast.Constant):
            continue
        text = after.value.value
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                if isinstance(text, str):
                    found[prefix + name] = flat(text)
            case _:
                pass
    return found
