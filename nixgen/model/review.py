"""The workflow that holds a repository with `hosts/` to what nixgen says of it."""

from __future__ import annotations

from typing import Any

from nixgen.model.workflow import CHECKOUT, Concurrency, Job, Step, Workflow

COMMAND = "nix run --inputs-from . nixgen --"
"""How nixgen is run where it is an input of the repository's own flake."""

# The token goes to curl by its standard input: arguments are seen by every process.
_COMMENT = """\
set -eu
folder=$(mktemp -d)
start=$(git merge-base "$BASE" HEAD)
status=0
{command} diff --semantic "$start" --markdown --exit-code > "$folder/comment.md" || status=$?
if [ "$status" -ne 1 ]; then
  exit "$status" # nothing changes, or an error was told
fi
jq --raw-input --slurp '{{body: .}}' "$folder/comment.md" > "$folder/comment.json"
printf 'header = "Authorization: token %s"\\n' "$TOKEN" |
  curl --config - --fail --silent --show-error --output /dev/null \\
    --header "Content-Type: application/json" --data "@$folder/comment.json" "$COMMENTS"
"""


def review_workflow(
    *,
    runs_on: Any,
    branch: str = "master",
    command: str = COMMAND,
    file: str = "nixgen.yaml",
) -> Workflow:
    """Checks pushes and pull requests, and tells what a pull request changes in a comment on it.

    The generated files have to be what `hosts/` says, and the audit to find no error. The comment
    is the semantic diff to where the branch began; nothing is said where nothing changes. It needs
    git, jq and curl. `command` is how nixgen is run there, `branch` the default one.

    Loading `hosts/` runs Python of the pull request, so `runs_on` belongs to a runner whose jobs
    run in containers, unless only trusted people can open one.
    """
    comment = Step(
        name="Say what changes",
        condition="github.event_name == 'pull_request'",
        env={
            "BASE": "${{ github.event.pull_request.base.sha }}",
            "COMMENTS": "${{ github.api_url }}/repos/${{ github.repository }}/issues/"
            "${{ github.event.pull_request.number }}/comments",
            "TOKEN": "${{ github.token }}",
        },
        run=_COMMENT.format(command=command),
    )
    return Workflow(
        file=file,
        name="nixgen",
        on={"push": {"branches": [branch]}, "pull_request": None},
        concurrency=Concurrency(group="nixgen-${{ github.ref }}", cancel_in_progress=True),
        jobs=[
            Job(
                name="check",
                runs_on=runs_on,
                steps=[
                    Step(uses=f"{CHECKOUT}@v4", inputs={"fetch-depth": 0}),
                    Step(name="Files are what hosts/ says", run=f"{command} check"),
                    Step(name="Audit", run=f"{command} audit"),
                    comment,
                ],
            )
        ],
    )
