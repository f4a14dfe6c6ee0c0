"""A real browser for tests of pages: headless Chromium, asked by the DevTools protocol.

The protocol goes over two pipes (`--remote-debugging-pipe`): JSON texts, each with a NUL at its
end, read from descriptor 3 and written to 4. So no port, no driver and no library is needed.
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import programs
import pytest

_TIME_LIMIT = 60.0  # seconds for one answer
_FLAGS = (
    *(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ),
    *("--hide-scrollbars", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--force-color-profile=srgb", "--remote-debugging-pipe"),
)


class Browser:
    """A running browser; `page` opens a tab in it."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._number = 0
        self._read = b""
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The answer to a command; events that come before it are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                if "error" in answer:
                    pytest.fail(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self.events.append(answer)

    def wait(self, method: str, session: str, **parameters: Any) -> None:
        """Waits for an event with these parameters; it may have come already."""
        wanted = parameters.items()
        while not any(
            (event.get("method"), event.get("sessionId")) == (method, session)
            and wanted <= event["params"].items()
            for event in self.events
        ):
            self.events.append(self._message())

    def _message(self) -> dict[str, Any]:
        end = time.monotonic() + _TIME_LIMIT
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            read = os.read(self._from, 1 << 20) if ready else b""
            if not read:
                pytest.fail("Chromium has not answered")
            self._read += read
        text, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(text))

    @contextlib.contextmanager
    def page(
        self, address: str, *, width: int = 1400, height: int = 900, dark: bool = False
    ) -> Iterator[Page]:
        """A page in a tab of its own, of a size, once it is loaded."""
        made = self.ask("Target.createTarget", url="about:blank")
        attached = self.ask("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        page = Page(self, attached["sessionId"])
        try:
            for domain in ("Page", "Runtime", "Network", "Log"):
                page.ask(f"{domain}.enable")
            page.ask("Page.setLifecycleEventsEnabled", enabled=True)
            page.resize(width, height)
            page.media(dark=dark)
            page.visit(address)
            yield page
        finally:
            self.ask("Target.closeTarget", targetId=made["targetId"])
            self.events = [each for each in self.events if each.get("sessionId") != page.session]


class Page:
    """A tab: scripts, keys, pictures, and what went on in it."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self.session = session

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command about this tab."""
        return self._browser.ask(method, self.session, **parameters)

    def visit(self, address: str) -> None:
        """Goes to an address, and waits until all of it is loaded."""
        loader = self.ask("Page.navigate", url=address)["loaderId"]
        self._browser.wait("Page.lifecycleEvent", self.session, loaderId=loader, name="load")

    def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript, as JSON has it."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            pytest.fail(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Gives the window a size, in CSS pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def media(self, *, dark: bool = False, medium: str = "") -> None:
        """What the reader's system prefers, and what the page is shown on: a screen, or `print`."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media=medium, features=[scheme])

    def press(self, key: str, *, shift: bool = False) -> None:
        """Presses a key by its name, such as Tab."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        code = codes.get(key, ord(key[0].upper()))
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                windowsVirtualKeyCode=code,
                modifiers=8 * shift,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    def type(self, text: str) -> None:
        """Types into what has the focus."""
        self.ask("Input.insertText", text=text)

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Takes a screenshot, of the window or of the whole page."""
        taken = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed, on A4."""
        size = {"paperWidth": 8.27, "paperHeight": 11.69}
        return base64.b64decode(self.ask("Page.printToPDF", **size)["data"])

    def happened(self, *methods: str) -> list[dict[str, Any]]:
        """The parameters of all events of these kinds until now."""
        self.value("0")
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") in methods and event.get("sessionId") == self.session
        ]

    @property
    def complaints(self) -> list[str]:
        """What the console, the log and the scripts have complained of."""
        said = self.happened("Runtime.exceptionThrown", "Log.entryAdded")
        called = self.happened("Runtime.consoleAPICalled")
        return [json.dumps(each) for each in (*said, *called)]

    @property
    def requests(self) -> list[str]:
        """The addresses that it has asked for, itself among them; `data:` asks nobody."""
        asked = self.happened("Network.requestWillBeSent")
        addresses = [str(each["request"]["url"]) for each in asked]
        return [address for address in addresses if not address.startswith("data:")]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """A browser with a profile in a folder; it ends with the context."""
    program = programs.real_program("chromium")
    its_input, to_browser = map(_high, os.pipe())
    from_browser, its_output = map(_high, os.pipe())
    command = f'exec "$0" "$@" 3<&{its_input} 4>&{its_output}'
    process = subprocess.Popen(
        ["bash", "-c", command, program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
        pass_fds=(its_input, its_output),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"HOME": str(folder)},
    )
    os.close(its_input)
    os.close(its_output)
    try:
        yield Browser(to_browser, from_browser)
    finally:
        os.close(to_browser)
        os.close(from_browser)
        process.terminate()
        process.wait(timeout=_TIME_LIMIT)


def _high(descriptor: int) -> int:
    """The same under a number that is neither 3 nor 4."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return copy
