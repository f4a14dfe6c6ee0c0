from __future__ import annotations

import datetime
import functools
import http.server
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import Browser, Page

from nixgen import Fleet, Host, VaultSecret
from nixgen.audit import audit
from nixgen.report.graph import fleet_graph, svg
from nixgen.report.page import page as written

TODAY = datetime.date(2026, 11, 24)
WIDTHS = (390, 768, 1400)
SHOWN = "[...document.querySelectorAll('{}')].filter((each) => each.checkVisibility()).length"

Save = Callable[[Fleet], str]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a fleet's page and returns its address."""

    def write(fleet: Fleet) -> str:
        file = tmp_path / "report.html"
        file.write_text(written(fleet, audit(fleet, today=TODAY), today=TODAY), encoding="utf-8")
        return file.as_uri()

    return write


def count(page: Page, selector: str) -> int:
    """How many elements can be seen."""
    return int(page.value(SHOWN.format(selector)))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A web server over the test's folder: its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    handler = functools.partial(Handler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_asks_nobody_and_complains_of_nothing(
    chromium: Browser, save: Save, served: tuple[str, list[str]], plan: Fleet
) -> None:
    """From a disk or a web server, the page loads nothing but itself, without an error."""
    address, asked = served
    for where in (save(plan), f"{address}/report.html"):
        with chromium.page(where) as page:
            assert page.requests == [where]
            assert page.complaints == []
    assert asked == ["/report.html"]


def test_runs_nothing_but_its_own(chromium: Browser, save: Save, plan: Fleet) -> None:
    """Its policy refuses any other script or style, and every request."""
    with chromium.page(save(plan)) as page:
        page.value(
            "{ const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
            " document.body.append(s); }"
        )
        assert page.value("window.bad === undefined")
        assert any("Content Security Policy" in each for each in page.complaints)
        assert page.value("fetch('data:,x').then(() => false, () => true)")


def test_search_narrows_everything(chromium: Browser, save: Save, large: Fleet) -> None:
    """Typing leaves the rows with all the words, in every table, and says how many; closed parts
    open where something is found, and a reset brings all back.
    """
    with chromium.page(save(large)) as page:
        before = count(page, "[data-row]")
        page.press("/")
        page.type("web07 password-3")
        rows = page.value(
            "[...document.querySelectorAll('[data-row]:not([hidden])')].map((each) =>"
            " each.textContent.toLowerCase() + each.dataset.hosts)"
        )
        assert rows
        assert all("web07" in row and "password-3" in row for row in rows)
        assert count(page, "#secrets [data-row]") == 1
        assert count(page, "#findings [data-row]") >= 1
        assert page.value("document.getElementById('shown').textContent").startswith(
            f"{len(rows)} of "
        )
        page.value("document.getElementById('reset').click()")
        page.value("new Promise((done) => setTimeout(done, 50))")
        assert count(page, "[data-row]") == before
        assert page.value("document.getElementById('shown').textContent") == ""


def test_search_for_a_code(chromium: Browser, save: Save, plan: Fleet) -> None:
    """A rule's code leaves the findings of that rule, and what is in reach because of it."""
    with chromium.page(save(plan)) as page:
        page.press("/")
        page.type("ng205")
        assert count(page, "#findings [data-row]") == 1
        assert count(page, "#access [data-row]") == 1
        assert "actions1" in page.value(
            "document.querySelector('#access [data-row]:not([hidden])').textContent"
        )


def test_search_that_finds_nothing(chromium: Browser, save: Save, plan: Fleet) -> None:
    """It says so where the rows were, and headings do not stand over nothing."""
    with chromium.page(save(plan)) as page:
        page.press("/")
        page.type("no such thing")
        assert count(page, "[data-row]") == 0
        assert count(page, "[data-group]") == 0
        assert count(page, "[data-nothing]") == 4


def test_filters(chromium: Browser, save: Save, large: Fleet) -> None:
    """A host's filter leaves what concerns it, also what it shares; severities leave findings."""
    with chromium.page(save(large)) as page:
        page.value(
            "{ const host = document.getElementById('host'); host.value = 'web03';"
            " host.dispatchEvent(new Event('input', { bubbles: true })); }"
        )
        assert count(page, "#overview [data-row]") == 1
        assert count(page, "#secrets [data-row]") == 6
        hosts = page.value(
            "[...document.querySelectorAll('[data-row]:not([hidden])')].map((each) =>"
            " each.dataset.hosts.split(' '))"
        )
        assert all("web03" in each for each in hosts)
    with chromium.page(save(large)) as page:
        page.value("document.querySelector('[name=severity][value=warning]').click()")
        kinds = page.value(
            "[...document.querySelectorAll('#findings .card:not([hidden]) .badge')].map((each) =>"
            " each.textContent)"
        )
        assert "Error" in kinds
        assert "Warning" not in kinds


def test_without_script_all_is_there(chromium: Browser, save: Save, plan: Fleet) -> None:
    """With JavaScript off the page shows everything, and no control that would do nothing."""
    with chromium.page("about:blank") as page:
        page.ask("Emulation.setScriptExecutionDisabled", value=True)
        page.visit(save(plan))
        page.ask("Emulation.setScriptExecutionDisabled", value=False)
        assert count(page, "[data-row]") == page.value(
            "document.querySelectorAll('[data-row]').length"
        )
        assert count(page, "#filters") == 0


def test_keyboard(chromium: Browser, save: Save, small: Fleet) -> None:
    """Tab reaches the skip link first, then every control, each with a focus that can be seen."""
    focused = (
        "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
        " return [e.id || e.getAttribute('href') || e.name || e.tagName,"
        " s.outlineStyle !== 'none' || e.matches('.skip'),"
        " e.getBoundingClientRect().top >= 0]; })()"
    )
    with chromium.page(save(small)) as page:
        reached = []
        for _ in range(24):
            page.press("Tab")
            name, is_marked, is_on_screen = page.value(focused)
            if name == "BODY":
                break
            assert is_marked, name
            assert is_on_screen, name
            reached.append(name)
        assert reached[0] == "#main"
        assert {"#findings", "#access", "#secrets", "search", "host", "severity"} <= set(reached)
        assert reached.count("severity") == 3
        assert "SUMMARY" in reached
    with chromium.page(save(small)) as page:
        page.press("Tab")
        page.press("Enter")
        assert page.value("document.activeElement.id") == "main"


def test_light_and_dark(chromium: Browser, save: Save, plan: Fleet) -> None:
    """The page follows the system's colours, and all text has contrast enough in both."""
    address = save(plan)
    papers = []
    for dark in (False, True):
        with chromium.page(address, dark=dark) as page:
            papers.append(page.value("getComputedStyle(document.body).backgroundColor"))
            worst = page.value(CONTRAST)
            assert worst[0] >= 4.5, worst
    assert papers == ["rgb(246, 245, 242)", "rgb(20, 22, 25)"]


# The lowest contrast of all texts against what is painted behind them, by WCAG 2's formula.
CONTRAST = """(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    if (element.closest("script, style, title, desc")) continue;
    const style = getComputedStyle(element);
    const inside = element.closest("svg");
    const text = light(parse(inside ? style.fill : style.color));
    const back = light(behind(inside ? inside.parentElement : element));
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (ratio < worst[0]) worst = [ratio, element.outerHTML.slice(0, 200)];
  }
  return worst;
})()"""


def test_no_sideways_scrolling(
    chromium: Browser, save: Save, plan: Fleet, small: Fleet, large: Fleet
) -> None:
    """On a phone, a tablet and a desk nothing is cut off or has to be scrolled sideways, but the
    graph in its own frame.
    """
    outside = (
        "[...document.querySelectorAll('main *')].filter((each) => each.checkVisibility() &&"
        " !each.closest('.picture svg, .unseen, thead') &&"
        " each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML)"
    )
    for fleet, width in itertools.product((plan, small, large), WIDTHS):
        with chromium.page(save(fleet), width=width) as page:
            page.value("document.querySelectorAll('details').forEach((each) => (each.open = true))")
            assert page.value("document.documentElement.scrollWidth") <= width
            assert not page.value(outside)


def test_long_names_fit(chromium: Browser, save: Save) -> None:
    """The longest names that the model lets in break instead of running over the edge."""
    name = "a" + "very-long-name-" * 4
    secret = VaultSecret(name=name * 2, key="k" * 60, mode=0o444)
    host = Host(name=f"{name}z", release="25.11", secrets=[secret], tags=["t" * 70])
    for width in WIDTHS:
        with chromium.page(save(Fleet(hosts=[host])), width=width) as page:
            assert page.value("document.documentElement.scrollWidth") <= width
            cut = page.value(
                "[...document.querySelectorAll('.table, .card')].filter((each) =>"
                " each.scrollWidth > each.clientWidth).length"
            )
            assert cut == 0


def test_on_paper(chromium: Browser, save: Save, small: Fleet, large: Fleet) -> None:
    """Printed, closed parts are open, filters are gone, and colours are those of paper."""
    with chromium.page(save(large), dark=True) as page:
        assert count(page, ".runner [data-row]") == 0
        page.media(dark=True, medium="print")
        assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert count(page, ".side") == 0
        opened = page.value(
            "[...document.querySelectorAll('.runner tbody')].every((each) =>"
            " each.getBoundingClientRect().height > 0)"
        )
        assert opened
    with chromium.page(save(small)) as page:
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) >= 2
        assert page.value("document.querySelectorAll('details[open]').length") == 2


def test_severity_is_more_than_a_colour(chromium: Browser, save: Save, plan: Fleet) -> None:
    """Each severity and each reach has a word and a shape of its own beside its colour."""
    with chromium.page(save(plan)) as page:
        marks = page.value(
            "[...document.querySelectorAll('.badge, .reach')].map((each) =>"
            " [each.querySelector('use').getAttribute('href'), each.textContent.trim()])"
        )
    shapes = {shape for shape, _ in marks}
    assert {"#icon-error", "#icon-warning", "#icon-note", "#icon-accepted"} <= shapes
    assert {"#icon-writes", "#icon-reads", "#icon-uses", "#icon-none"} <= shapes
    assert all(word for _, word in marks)


def test_screen_readers_get_tables(chromium: Browser, save: Save, plan: Fleet) -> None:
    """Tables stay tables for assistive programs where a phone shows their rows as blocks."""
    with chromium.page(save(plan), width=390) as page:
        tree = page.ask("Accessibility.getFullAXTree")["nodes"]
    roles = [each["role"]["value"] for each in tree if not each.get("ignored")]
    assert roles.count("table") >= 4
    assert roles.count("columnheader") >= 13
    assert roles.count("rowheader") >= 10
    assert {"search", "navigation", "main", "searchbox"} <= set(roles)


# -- the graph ---------------------------------------------------------------------------------


def test_texts_fit_their_boxes(
    chromium: Browser, tmp_path: Path, plan: Fleet, small: Fleet, large: Fleet
) -> None:
    """In a real browser with the widest common font, every text ends inside its box."""
    spill = (
        "[...document.querySelectorAll('.node')].flatMap((node) => {"
        " const box = node.querySelector('.box').getBBox();"
        " return [...node.querySelectorAll('text')].filter((text) =>"
        " text.getBBox().x + text.getBBox().width > box.x + box.width - 4)"
        ".map((text) => text.textContent); })"
    )
    for number, fleet in enumerate((plan, small, large)):
        file = tmp_path / f"{number}.svg"
        file.write_text(svg(fleet_graph(fleet)), encoding="utf-8")
        with chromium.page(file.as_uri()) as page:
            assert page.complaints == []
            assert page.requests == [file.as_uri()]
            assert page.value(spill) == []


def test_image_in_light_and_dark(chromium: Browser, tmp_path: Path, plan: Fleet) -> None:
    """The image alone follows the system's colours, too."""
    file = tmp_path / "graph.svg"
    file.write_text(svg(fleet_graph(plan)), encoding="utf-8")
    fill = "getComputedStyle(document.querySelector('.{}')).fill"
    colours = []
    for dark in (False, True):
        with chromium.page(file.as_uri(), dark=dark) as page:
            colours.append([page.value(fill.format(name)) for name in ("paper", "name", "detail")])
    light, dark_ones = colours
    assert all(one != other for one, other in zip(light, dark_ones, strict=True))


def test_box_shows_its_lines(chromium: Browser, save: Save, plan: Fleet) -> None:
    """Pointing at a box leaves its own lines and fades the others."""
    with chromium.page(save(plan)) as page:
        page.value(
            "document.querySelector('.node.policy').dispatchEvent(new Event('pointerenter'))"
        )
        faint = page.value("document.querySelectorAll('.edge.faint').length")
        edges = page.value("document.querySelectorAll('.edge').length")
        assert edges - faint == 2
        page.value(
            "document.querySelector('.node.policy').dispatchEvent(new Event('pointerleave'))"
        )
        assert page.value("document.querySelectorAll('.faint').length") == 0


def test_host_stands_out_in_the_graph(chromium: Browser, save: Save, large: Fleet) -> None:
    """Choosing a host shows its part of a large picture: its policy, its runners, its secrets."""
    with chromium.page(save(large)) as page:
        page.value(
            "{ const host = document.getElementById('host'); host.value = 'web05';"
            " host.dispatchEvent(new Event('input', { bubbles: true })); }"
        )
        lit = page.value(
            "[...document.querySelectorAll('.node:not(.faint)')].map((each) => each.dataset.key)"
        )
        assert set(lit) == {
            "host:web05",
            "policy:web05",
            "runner:web05/native",
            "who:scope every repository of the forge",
            "secret:hosts/web05/password-0#value",
            "secret:hosts/web05/password-1#value",  # and three that are alike
            "secret:shared/backup#key",
        }
