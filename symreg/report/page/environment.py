"""Where pages come from: templates of a package, which escape whatever they are given, and the files beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment(package: str) -> Environment:
    """The templates of the folder ``templates`` of a package; a name that a template does not know is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def source_in(environment: Environment, name: str) -> str:
    """A file beside the templates, which nothing from outside passes through."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].strip()
