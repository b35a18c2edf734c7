"""The page over HTTP: one case, a few routes, nothing from elsewhere.

It listens where it is told, answers only to the names it is given (Host), takes no body above a limit, lets
no page of another origin post, and serves files of its own plans alone.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from planner import money
from planner.errors import Infeasible, PlannerError, UnknownName
from planner.inputs import Case, read_case
from planner.plan.folder import read_plan
from planner.planning import plan_case
from planner.report.plan_folder import write_plan
from planner.report.words import percent
from planner.report.workbook import workbook
from planner.serve.desk import LABEL, Answer, Desk
from planner.serve.question import Question, asked
from planner.serve.queue import Busy, Queue, Stale

LARGEST_BODY = 64 * 1024
LARGEST_QUERY = 16 * 1024
MOST_WAITING = 16
_MOST_PLANS = 20
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_REPORT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".png": "image/png",
          ".svg": "image/svg+xml", ".csv": "text/csv", ".json": "application/json"}  # fmt: skip
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _Server:
    """The routes of one case."""

    def __init__(self, case: Case, plans: Path) -> None:
        self.case, self.plans, self.desk = case, plans, Desk(case)
        self.queue = Queue(MOST_WAITING)
        self.made: dict[str, Path] = {}
        # Looked up through this package, so that a page of an installed planner is found too.
        text = (files("planner.serve") / "page.html.jinja").read_text(encoding="utf-8")
        self.template = jinja2.Environment(autoescape=True).from_string(text)

    def question(self, request: Request) -> Question:
        if len(request.url.query) > LARGEST_QUERY:
            raise UnknownName("question of that length", "", [])
        return asked(request.query_params.multi_items(), self.desk.controls)

    async def answer(self, question: Question, request: Request) -> Answer:
        visitor = request.headers.get("x-visitor", "")[:64]
        number = request.headers.get("x-question", "0")
        order = int(number) if number.isdigit() and len(number) < 16 else 0
        return await run_in_threadpool(self.queue.run, lambda: self.desk.answer(question), visitor, order)

    async def page(self, request: Request) -> Response:
        question = self.question(request)
        answer = await self.answer(question, request)
        currency = self.case.settings.currency
        html = self.template.render(
            case=self.case.settings,
            controls=self.desk.controls,
            question=question,
            answer=answer,
            baseline=self.desk.baseline,
            label=LABEL,
            query=question.query(),
            money=lambda value: money.words(value, currency),
            exact=lambda value: f"{currency} {value:,.2f}",
            percent=percent,
            names=dict(zip(self.case.regions["region"], self.case.regions["name"], strict=True)),
            map=_map(answer),
            plans=sorted(self.made),
        )
        return Response(html, media_type="text/html")

    async def json(self, request: Request) -> Response:
        answer = await self.answer(self.question(request), request)
        baseline = self.desk.baseline.cost or 0.0
        extra = None if answer.cost is None else round(answer.cost - baseline, 2)
        document = {**answer.document(), "extra": extra, "map": _map(answer)}
        return JSONResponse(document)

    async def table(self, request: Request) -> Response:
        """The placements of the last period, as CSV."""
        answer = await self.answer(self.question(request), request)
        lines = ["workload,region,share", *(f'"{w}","{r}",{share:.9g}' for w, r, share in answer.places)]
        return _download("\n".join(lines) + "\n", "text/csv", "placements.csv")

    async def folder(self, request: Request) -> Response:
        """The case as an archive, with the question as a scenario of it."""
        question = self.question(request)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.case.origin.folder.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    name = path.relative_to(self.case.origin.folder).as_posix()
                    data = path.read_bytes()
                    if name == "case.toml":
                        data += _scenario(self.case, question).encode("utf-8")
                    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
        return _download(content.getvalue(), "application/zip", "case.zip")

    async def make(self, request: Request) -> Response:
        """Make the whole plan of the question: its folder is kept until the server ends."""
        question = self.question(request)
        if question.gone:
            return PlainTextResponse("A plan is made of limits and prices; let what is gone come back.", 422)
        name = f"plan-{len(self.made) + 1}"
        if len(self.made) >= _MOST_PLANS:
            raise Busy

        def work() -> None:
            write_plan(plan_case(self.desk.changed(question)), self.plans / name)

        await run_in_threadpool(self.queue.run, work)
        self.made[name] = self.plans / name
        return RedirectResponse(f"/plans/{name}/report.html", status_code=303)

    async def file(self, request: Request) -> Response:
        """A file of a plan that was made here."""
        folder = self.made.get(request.path_params["plan"])
        wanted = request.path_params["path"]
        known = (
            {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()} if folder else {}
        )
        if wanted not in known:
            return PlainTextResponse("There is no such page.", 404)
        kind = _KINDS.get(known[wanted].suffix, "application/octet-stream")
        return Response(known[wanted].read_bytes(), media_type=kind, headers={"x-report": "1"})

    async def workbook(self, request: Request) -> Response:
        """A plan that was made here, as a workbook."""
        name = request.path_params["plan"]
        if name not in self.made:
            return PlainTextResponse("There is no such page.", 404)

        def work() -> bytes:
            folder = self.made[name]
            return workbook(replace(read_plan(folder), case=read_case(folder)))

        content = await run_in_threadpool(self.queue.run, work)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(content, kind, f"{name}.xlsx")

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ("page.js", "page.css"):
            return PlainTextResponse("There is no such page.", 404)
        content = (files("planner.serve") / "static" / name).read_bytes()
        return Response(content, media_type=_KINDS[Path(name).suffix])


def application(case: Case, plans: Path, hosts: tuple[str, ...]) -> Starlette:
    """The application of one case.

    Parameters
    ----------
    plans
        A folder for the plans that visitors have made.
    hosts
        Names under which it answers; requests to others are refused.

    Raises
    ------
    Infeasible
        If the case as it stands has no plan: then there is nothing to compare with.
    """
    server = _Server(case, plans)
    if server.desk.baseline.status != "plan":
        raise Infeasible(list(server.desk.baseline.reasons))
    routes = [
        Route("/", server.page),
        Route("/favicon.ico", _nothing),
        Route("/answer.json", server.json),
        Route("/placements.csv", server.table),
        Route("/case.zip", server.folder),
        Route("/plan", server.make, methods=["POST"]),
        Route("/plans/{plan}.xlsx", server.workbook),
        Route("/plans/{plan}/{path:path}", server.file),
        Route("/static/{name}", server.static),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(BaseHTTPMiddleware, dispatch=_guarded),
        ],
        exception_handlers={
            Busy: _refused(503, "Many ask at once. Try again in a second.", {"Retry-After": "1"}),
            Stale: _refused(200, "You have asked something newer.", status="stale"),
            UnknownName: _refused(400, ""),
            Infeasible: _refused(422, ""),
            PlannerError: _refused(500, ""),
        },
    )


async def _nothing(request: Request) -> Response:
    """A browser asks for an icon of its own accord."""
    return Response(status_code=204)


async def _guarded(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Bounds what comes in, and says of what goes out what a browser may do with it."""
    length = request.headers.get("content-length", "0")
    origin = request.headers.get("origin")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        response: Response = PlainTextResponse("That is too long.", 413)
    elif request.method == "POST" and origin not in (
        None,
        f"{request.url.scheme}://{request.headers['host']}",
    ):
        response = PlainTextResponse("Only this page may ask for a plan.", 403)
    else:
        response = await go_on(request)
    for name, value in _HEADERS.items():
        response.headers[name] = value
    report = response.headers.get("x-report")
    response.headers["Content-Security-Policy"] = _REPORT_POLICY if report else _POLICY
    if report:
        del response.headers["x-report"]
    return response


def _refused(
    code: int, words: str, headers: dict[str, str] | None = None, status: str = "refused"
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        text = words or str(error)
        if request.url.path.endswith(".json"):
            return JSONResponse({"status": status, "reasons": [text]}, code, headers)
        return PlainTextResponse(text, code, headers)

    return handler


def _download(content: str | bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=disposition)


def _scenario(case: Case, question: Question) -> str:
    """The question as a scenario: limits as overrides, the rest as a comment with its command."""
    lines = ["", "", "# What was asked on the page.", "[scenario.what-if]"]
    figures = {rule.id: rule.figure for rule in case.rules}
    for rule, value in question.limits.items():
        lines.append(f"{json.dumps(f'rules.{rule}.{figures[rule]}', ensure_ascii=False)} = {value:g}")
    if question.stressors:
        lines.append(f"# planner stress . --stressor {json.dumps(' & '.join(question.stressors))}")
    return "\n".join(lines) + "\n"


def _map(answer: Answer) -> list[dict[str, Any]]:
    """Where work runs, on a plane of 100 by 60: west to east, north to south."""
    if not answer.regions:
        return []
    lats, lons = [row[2] for row in answer.regions], [row[3] for row in answer.regions]
    west, north = min(lons), max(lats)
    scale = min(90.0 / max(max(lons) - west, 0.5), 50.0 / max(north - min(lats), 0.5))
    return [
        {
            "region": region,
            "name": name,
            "x": round(5 + (lon - west) * scale, 2),
            "y": round(5 + (north - lat) * scale, 2),
            "r": round(1.0 + 5.0 * part**0.5, 2),
            "part": part,
        }
        for region, name, lat, lon, part in answer.regions
    ]
