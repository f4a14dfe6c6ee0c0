"""The workflow that holds a repository with `hosts/` to what nixgen says of it."""

from __future__ import annotations

from typing import Any

from nixgen.model.workflow import CHECKOUT, Concurrency, Job, Step, Workflow

COMMAND = "nix run --inputs-from . nixgen --"
"""How nixgen is run where the repository's own flake has an input that is named `nixgen`."""

_DIFF = """\
set -eu
folder=$(mktemp -d)
start=$(git merge-base "$BASE" HEAD)
changes=0
{command} diff --semantic "$start" --markdown --exit-code > "$folder/diff.md" || changes=$?
if [ "$changes" -gt 1 ]; then
  exit "$changes" # an error was told
fi
cat "$folder/diff.md"
"""

# A comment is its own by its first line and by its author: with the token of a job the comments of
# others can be edited, too. Jobs are the account -2 in Forgejo and Gitea (user_system.go).
_COMMENT = r"""
jq --raw-input --slurp --arg marker "$MARKER" '{body: "\($marker)\n\(.)"}' \
  "$folder/diff.md" > "$folder/comment.json"

# Asks the forge with these arguments of curl; answer.json is what it says. The token goes to curl
# by its standard input: arguments are seen by every process.
ask() {
  printf 'header = "Authorization: token %s"\n' "$TOKEN" |
    curl --config - --fail --silent --show-error --max-time 60 --output "$folder/answer.json" \
      --header "Content-Type: application/json" "$@"
}

# Edits the comment of an earlier run; makes one where there is none, and something to say.
comment() {
  me=-2
  if ask "$API/user"; then
    me=$(jq .id "$folder/answer.json")
  fi
  ask "$API/repos/$REPOSITORY/issues/$NUMBER/comments" || return
  earlier=$(jq --argjson me "$me" --arg marker "$MARKER" \
    'map(select(.user.id == $me and (.body | startswith($marker))) | .id)[0] // empty' \
    "$folder/answer.json") || return
  if [ -n "$earlier" ]; then
    ask --request PATCH --data "@$folder/comment.json" \
      "$API/repos/$REPOSITORY/issues/comments/$earlier"
  elif [ "$changes" -eq 1 ]; then
    ask --data "@$folder/comment.json" "$API/repos/$REPOSITORY/issues/$NUMBER/comments"
  fi
}

if ! comment; then
  echo "No comment could be written on the pull request: the log has what it would say."
fi
"""


def review_workflow(
    *,
    runs_on: Any,
    branch: str = "main",
    command: str = COMMAND,
    file: str = "nixgen.yaml",
) -> Workflow:
    """Checks pushes and pull requests, and tells what a pull request changes in a comment on it.

    The generated files have to be what `hosts/` says, and the audit to find no error. The comment
    is the semantic diff to where the branch began. There is one for each pull request, which
    further pushes edit; none where nothing changes. Where the forge takes none, as from a fork
    while the discussion is locked, the log has the diff and the job does not fail. It needs git, jq
    and curl. `command` is how nixgen is run there, `COMMAND` with an input `nixgen` of the flake;
    `branch` is the default one.

    Loading `hosts/` runs Python of the pull request, so `runs_on` belongs to a runner whose jobs
    run in containers, unless only trusted people can open one.
    """
    comment = Step(
        name="Say what changes",
        condition="github.event_name == 'pull_request'",
        env={
            "BASE": "${{ github.event.pull_request.base.sha }}",
            "API": "${{ github.api_url }}",
            "REPOSITORY": "${{ github.repository }}",
            "NUMBER": "${{ github.event.pull_request.number }}",
            "MARKER": f"<!-- nixgen: what changes, by {file} -->",
            "TOKEN": "${{ github.token }}",
        },
        run=_DIFF.format(command=command) + _COMMENT,
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
                    comment,  # first, so that it is there where the others fail
                    Step(name="Files are what hosts/ says", run=f"{command} check"),
                    Step(name="Audit", run=f"{command} audit"),
                ],
            )
        ],
    )
