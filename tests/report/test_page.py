from __future__ import annotations

import datetime
import html
import html.parser
import re

from nixgen import Fleet, Host, VaultSecret, accept
from nixgen.audit import audit
from nixgen.report.page import page

TODAY = datetime.date(2026, 11, 24)


def made(fleet: Fleet, only: list[str] | None = None) -> str:
    """The page of a fleet."""
    return page(fleet, audit(fleet, today=TODAY, only=only), today=TODAY, only=only)


def test_same_bytes_for_the_same_model(plan: Fleet, large: Fleet) -> None:
    """A page that is kept changes only with the model and the day."""
    for fleet in (plan, large):
        assert made(fleet) == made(fleet)
    assert "24 November 2026" in made(plan)


def test_everything_is_in_it(plan: Fleet) -> None:
    """Each finding, accepted risk, thing in reach and secret is in the page, as text."""
    text = made(plan)
    report = audit(plan, today=TODAY)
    plain = html.unescape(re.sub(r"</?code>", "`", text))
    for finding in (*report.findings, *report.accepted):
        assert finding.evidence.summary in plain
        assert finding.rule.code in text
    for finding in report.accepted:
        assert finding.accepted is not None
        assert finding.accepted.reason in plain
    for what in ("/var/lib/vault/approle", "/nix/store", "forgejo-native-runner-token", "0444"):
        assert what in text
    assert "30 November 2027" in text


def test_of_some_hosts(small: Fleet) -> None:
    """The page of a host has nothing of the others."""
    text = made(small, ["web1"])
    assert "shared/" in text
    for other in ("runner-token", "boxes", "acme"):
        assert other not in text


def test_empty_fleet() -> None:
    """A fleet without hosts makes a page that says so."""
    text = made(Fleet(hosts=[]))
    for words in ("Nothing is open.", "There is no runner.", "There is no secret."):
        assert words in text


def test_picture_of_a_large_fleet(small: Fleet, large: Fleet) -> None:
    """It stays one that can be looked at: alike secrets share a box, and then there is none."""
    assert "share a box" not in made(small)
    assert "share a box" in made(large)
    hosts = [Host(name=f"web{number}", release="25.11") for number in range(401)]
    text = made(Fleet(hosts=hosts))
    assert "401 boxes are too many for one picture" in text
    assert 'class="graph"' not in text


def test_names_are_text_not_html() -> None:
    """Nothing that a person writes in the model can become a tag or a script."""
    bad = '</script><script>alert(1)</script><b title="\'">'
    host = Host(
        name="web1",
        release="25.11",
        secrets=[VaultSecret(name="password", key="value", mode=0o444)],
        accepted=[accept("NG101", reason=bad)],
    )
    text = made(Fleet(hosts=[host]))
    assert "alert(1)" in text
    assert "<script>alert" not in text
    assert "<b title" not in text


class Outline(html.parser.HTMLParser):
    """What a page has of headings, tables' headers, ids and references to them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.headers: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Notes a tag."""
        found = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.headers.append(found)
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("aria-labelledby", "aria-describedby", "for"):
            self.references += (found.get(name) or "").split()
        for name in ("href", "src", "srcset", "action", "data", "xlink:href"):
            address = found.get(name) or ""
            if address.startswith("#"):
                self.references.append(address[1:])
            elif address:
                self.addresses.append(address)


def test_structure(plan: Fleet, small: Fleet, large: Fleet) -> None:
    """Headings have an order, tables real headers, and every reference leads somewhere."""
    for fleet in (plan, small, large):
        outline = Outline(made(fleet))
        assert outline.headings[0] == 1
        assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
        assert {header.get("scope") for header in outline.headers} == {"col", "row"}
        assert len(set(outline.ids)) == len(outline.ids)
        assert set(outline.references) <= set(outline.ids)
        assert all(address.startswith("data:") for address in outline.addresses)
