"""The workflows of repositories as files of the tree; no host owns them."""

from __future__ import annotations

from nixgen.emit.workflow import workflow_files
from nixgen.model.host import Fleet
from nixgen.project import line_origins
from nixgen.project.line_origins import short_name
from nixgen.project.tree import RenderedFile, Tree


def repository_files(fleet: Fleet) -> Tree:
    """The files of all repositories by their paths. The fleet is whole: a workflow names hosts."""
    files = {}
    for repository in fleet.repositories:
        source = short_name(repository.origin.places[-1].file)
        for made in workflow_files(repository, fleet.names, source):
            origins = line_origins.joined([(1, line_origins.part(made.ranges))])
            files[made.path] = RenderedFile(made.path, made.text, None, source, origins=origins)
    return files
