"""Documents of a price list: streamed from the network into files, or files that are at hand.

A download that is cut off is taken up where it ended; what throttles or fails for a while is asked
again with growing pauses. Proxies of the environment are honoured. No credential is written or printed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from planner.catalog.refresh.offers import Reading, printable, text
from planner.errors import BadInput, Issue, PlannerError, Unavailable

if TYPE_CHECKING:
    import httpx

AGAIN = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_PAUSE = 60.0
_MOST_PAGES = 100_000


class NotFetched(PlannerError):
    """A document could not be had from its vendor. What was downloaded is kept for the next try."""

    exit_code = 1


@dataclass(frozen=True)
class Network:
    """How to ask: how often, with what pause before the second try, and with what headers."""

    tries: int = 6
    pause: float = 1.0
    headers: tuple[tuple[str, str], ...] = ()
    tell: Callable[[str], None] = lambda line: None


def client(network: Network) -> httpx.Client:
    """A client of the vendor's servers.

    Raises
    ------
    Unavailable
        If the extra that refreshing takes is not installed.
    """
    try:
        import httpx
    except ImportError as missing:
        raise Unavailable("refreshing takes the extra: pip install 'planner[refresh]'") from missing
    return httpx.Client(
        timeout=httpx.Timeout(60.0, connect=20.0), follow_redirects=True, headers=dict(network.headers)
    )


def download(asks: httpx.Client, url: str, path: Path, network: Network) -> Path:
    """A document in a file, streamed; what an earlier run left of it is kept if the server agrees.

    Raises
    ------
    NotFetched
        If the server refuses, or all tries failed.
    """
    import httpx

    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part, mark = path.with_name(path.name + ".part"), path.with_name(path.name + ".mark")
    why = ""
    for attempt in range(network.tries):
        begun = part.stat().st_size if part.is_file() and mark.is_file() else 0
        asked = {"Range": f"bytes={begun}-", "If-Range": mark.read_text("utf-8")} if begun else {}
        # A document that is compressed on its way could not be taken up in the middle.
        asked["Accept-Encoding"] = "identity"
        wait = ""
        try:
            with asks.stream("GET", url, headers=asked) as answer:
                if answer.status_code in AGAIN:
                    why, wait = f"status {answer.status_code}", answer.headers.get("Retry-After", "")
                elif answer.status_code == 416:
                    part.unlink()
                    why = "the server no longer has the document that was begun"
                elif answer.status_code not in (200, 206):
                    raise NotFetched(f"{_shown(url)}: the server answers with status {answer.status_code}")
                else:
                    _store(answer, part, mark)
                    part.replace(path)
                    mark.unlink(missing_ok=True)
                    return path
        except httpx.TransportError as error:
            why = f"{type(error).__name__}: {error}"
        if attempt + 1 < network.tries:
            _rest(attempt, wait, network, f"{_shown(url)}: {why}; asked again")
    raise NotFetched(f"{_shown(url)}: {why}, after {network.tries} tries; run the same command to go on")


def _store(answer: httpx.Response, part: Path, mark: Path) -> None:
    validator = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    if validator.startswith("W/"):
        validator = ""  # a weak mark does not promise the same bytes
    whole = answer.status_code == 200
    if whole:
        mark.unlink(missing_ok=True)
    with part.open("wb" if whole else "ab") as stream:
        if whole and validator:
            mark.write_text(validator, encoding="utf-8")
        for chunk in answer.iter_bytes():  # as they come: a chunk that waits to be full would be lost
            stream.write(chunk)


def _rest(attempt: int, wait: str, network: Network, line: str) -> None:
    seconds = float(wait) if wait.isdigit() else network.pause * 2**attempt
    network.tell(line)
    time.sleep(min(seconds, _LONGEST_PAUSE))


def pages(
    asks: httpx.Client, url: str, folder: Path, network: Network, following: Callable[[dict[str, Any]], str]
) -> Iterator[Path]:
    """The pages of a list, each a file; pages that an earlier run has are not asked for again.

    Parameters
    ----------
    following
        From a page to the address of the next, or blank.

    Raises
    ------
    NotFetched
        If a page cannot be had, a page names one elsewhere than on its own server, or the list goes in
        a circle.
    BadInput
        If a page is no JSON object.
    """
    home, seen = urlsplit(url)[:2], set()
    for number in range(_MOST_PAGES):
        if url in seen:
            raise NotFetched(f"{_shown(url)}: the pages of the list go in a circle")
        seen.add(url)
        path = download(asks, url, folder / f"page-{number + 1:05d}.json", network)
        try:
            page = read_object(path)
        except BadInput:
            path.unlink()  # what was cut off or garbled is asked for anew by the next run
            raise
        yield path
        onward = following(page)
        if not onward:
            return
        url = urljoin(url, onward)
        if urlsplit(url)[:2] != home:
            raise NotFetched(f"{_shown(url)}: the list leads to another server than it began on")
    raise NotFetched(f"{_shown(url)}: the list has no end")


def read_object(path: Path) -> dict[str, Any]:
    """A small JSON document, such as one page.

    Raises
    ------
    BadInput
        If it is no JSON object.
    """
    try:
        value = json.loads(path.read_bytes(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadInput([malformed(path, str(error))]) from error
    if not isinstance(value, dict):
        raise BadInput([malformed(path, "it is not an object")])
    return value


def rows_of_page(path: Path, key: str, title: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """The rows under ``key`` of a page of the list ``title``; what is no object is refused.

    Raises
    ------
    BadInput
        If it is no page of the list.
    """
    rows = read_object(path).get(key)
    if not isinstance(rows, list):
        raise BadInput([malformed(path, f"it has no {key}")])
    if not reading.documents:
        reading.name(title)
    for row in rows:
        if isinstance(row, dict):
            yield row
        else:
            reading.refuse("the row is no object", text(row))


def malformed(path: Path, why: str) -> Issue:
    """The one Issue of a document that cannot be read."""
    mend = "It may have been cut off or its format changed: fetch it again, or compare it with the vendor's."
    return Issue(path.name, 0, "", "", f"the document cannot be read ({printable(why)[:200]})", mend)


def at_hand(given: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The documents of ``--input``: a file, or the files of a folder with these endings, sorted.

    Raises
    ------
    BadInput
        If there is none.
    """
    if given.is_file():
        return [given]
    documents = sorted(p for p in given.rglob("*") if p.is_file() and p.suffix.lower() in suffixes)
    if not documents:
        mend = f"Name a file, or a folder with files that end in {', '.join(suffixes)}."
        raise BadInput([Issue(str(given), 0, "", "", "holds no document", mend)])
    return documents


def _shown(url: str) -> str:
    """An address without what may be a credential."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
