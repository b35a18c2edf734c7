"""Map of users' places and regions, with flows from one to the other in the last period."""

from __future__ import annotations

import math

import numpy as np

from planner.report.figures.context import Context
from planner.report.figures.inset import bounds_of, box_of, crowd_of, discs
from planner.report.figures.looks import OWN
from planner.report.figures.map_data import Flow, Region, Site, flows_of, regions_of, sites_of
from planner.report.figures.outlines import CREDIT, Bounds, Projection, outlines, project, view, widened
from planner.report.figures.place_names import PlaceNames
from planner.report.figures.placing import Box, clusters, spread
from planner.report.figures.sheet import EDGE, HEAD, INK, PAPER, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.texts import tr, tr_noop
from planner.report.words import count, percent

NAME, TITLE = "map", tr_noop("Where users are and which regions serve them")
_HOME, _ABROAD, _SEA, _PLACE = "#f3efe2", "#dfe3e4", "#f4f8fb", "#5b5b5b"
_OWN_FLOW = "#6e6e6e"
_MARK = 0.2
"""Inches: smallest distance between two region marks."""
_ALL_FLOWS = 0.9
"""Share of users whose flows are drawn, widest first; thinner ones would only be haze."""
_LINE = 0.152
"""Inches: a line of the key."""
_FIRST = 3
"""Places named before the regions' marks find their room."""


def region_map(context: Context) -> Chart | Skipped:
    """Draw it, or say why not."""
    flows, sites = flows_of(context), sites_of(context)
    regions = regions_of(context, flows)
    if not regions:
        return Skipped(NAME, tr(TITLE), tr("the catalog lists no region"))
    shown: list[Site | Region] = [*sites, *(r for r in regions if r.home)]
    shown = shown or [*regions]
    bounds = view(np.array([p.lon for p in shown]), np.array([p.lat for p in shown]))
    room = WIDTH - 2 * EDGE
    height = min(5.4, room * (bounds[3] - bounds[1]) / ((bounds[2] - bounds[0]) * _squeeze(bounds)))
    footer = context.footer(f"placements.csv · {tr(CREDIT)}")
    title = _finding(context, regions) if sites else tr("Regions and whether they are in use")
    lines = len(Sheet(1.0).wrap(title, room, HEAD, 2, bold=True))
    key = math.ceil(len(regions) / 2) * _LINE + 0.13 * lines + 0.18 * bool(context.marking)
    sheet = Sheet(height + key + 1.28)
    _, high = sheet.frame(context.marking, title, _subtitle(context, sites, flows), footer)
    frame = (EDGE, high - height, room, height)
    bounds = widened(bounds, frame)
    projection = project(bounds, frame)
    _land(sheet, context, projection, bounds, frame)
    places = projection([s.lon for s in sites], [s.lat for s in sites])
    users = np.array([s.users for s in sites])
    radii = 0.035 + 0.14 * np.sqrt(users / max(users.max(initial=0.0), 1.0))
    names = PlaceNames(sheet, [s.name for s in sites], places, radii, frame)
    names.place(_FIRST, [])
    circles = np.vstack([np.column_stack([places, radii]), names.discs()])
    anchors, off = _anchors(projection, regions, frame)
    crowd = crowd_of(anchors, off)
    apart = [i for i in range(len(regions)) if i not in crowd]
    taken = np.vstack([circles, np.column_stack([anchors[apart], np.full(len(apart), _MARK)])])
    box = box_of(frame, anchors[crowd], taken) if crowd else None
    if box is None:
        crowd, apart = [], list(range(len(regions)))
    alone = [regions[i] for i in apart]
    kept_off = circles if box is None else np.vstack([circles, discs(box)])
    marks = _region_marks(projection, alone, kept_off, frame)
    squares = [(x - _MARK / 2, y - _MARK / 2, _MARK, _MARK) for x, y in marks]
    names.place(len(sites), squares if box is None else [*squares, box])
    ends = anchors.copy()
    ends[apart] = marks
    _draw_flows(sheet, context, flows, _by_key(sites, regions, places, ends), frame)
    for site, (x, y), radius in zip(sites, places, radii, strict=True):
        fill, edge = (PAPER, INK) if site.rural else (_PLACE, PAPER)
        sheet.marks([(x, y)], "o", radius * 144, fill, edge, 0.7, 0.85, zorder=4)
    names.draw()
    _draw_regions(sheet, context, alone, projection, marks, frame)
    if box is not None:
        with sheet.raised(10.0):
            _enlarged(sheet, context, [regions[i] for i in crowd], sites, projection, box)
    _key(sheet, context, regions, frame[1] - 0.2)
    return Chart(NAME, title, _alt(regions), sheet)


def _enlarged(
    sheet: Sheet, context: Context, regions: list[Region], sites: list[Site], whole: Projection, box: Box
) -> None:
    """The crowd's part of the map in a box of its own, tied to where it lies."""
    bounds = bounds_of([r.lon for r in regions], [r.lat for r in regions])
    west, south, east, north = bounds
    (left, low), (right, top) = whole([west, east], [south, north])
    near_x = box[0] if box[0] > left else box[0] + box[2]
    ends = [(near_x, box[1]), (near_x, box[1] + box[3])]
    start_x = right if box[0] > left else left
    sheet.lines([[(start_x, y), end] for y, end in zip((low, top), ends, strict=True)], SOFT, 0.6)
    corners = [(left, low), (right, low), (right, top), (left, top), (left, low)]
    sheet.lines([corners], INK, 0.8)
    projection = project(bounds, box)
    sheet.rectangles([box], PAPER, zorder=0.1)
    _land(sheet, context, projection, bounds, box)
    inside = [s for s in sites if west < s.lon < east and south < s.lat < north]
    points = projection([s.lon for s in inside], [s.lat for s in inside]).reshape(-1, 2)
    radii = np.full(len(inside), 0.06)
    for site, (x, y) in zip(inside, points, strict=True):
        fill, edge = (PAPER, INK) if site.rural else (_PLACE, PAPER)
        sheet.marks([(x, y)], "o", 0.06 * 144, fill, edge, 0.7, 0.85, zorder=4)
    names = PlaceNames(sheet, [s.name for s in inside], points, radii, box)
    circles = np.column_stack([points, radii]).reshape(-1, 3)
    marks = _region_marks(projection, regions, circles, box)
    scale = tr("enlarged {times} times", times=f"{projection.inches / whole.inches:.0f}")
    words = (box[0] + 0.03, box[1] + 0.02, sheet.measure(scale, SMALL) + 0.04, 0.12)
    names.place(len(inside), [words, *((x - _MARK / 2, y - _MARK / 2, _MARK, _MARK) for x, y in marks)])
    names.draw()
    _draw_regions(sheet, context, regions, projection, marks, box)
    sheet.text(words[0] + 0.02, words[1] + 0.025, scale, size=SMALL, color=SOFT)


def _finding(context: Context, regions: list[Region]) -> str:
    """What the map shows: where most users are served, and what part of them abroad."""
    first, abroad = regions[0], sum(r.share for r in regions if not r.home)
    if not first.share:
        return tr(TITLE)
    name = f"{context.name(first.group)} {first.name}"
    rest = tr("{share} are served abroad", share=percent(abroad)) if abroad else tr("nobody is served abroad")
    return tr("{region} serves {share} of users; {rest}", region=name, share=percent(first.share), rest=rest)


def _squeeze(bounds: Bounds) -> float:
    return math.cos(math.radians((bounds[1] + bounds[3]) / 2))


def _by_key(
    sites: list[Site], regions: list[Region], places: np.ndarray, marks: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """Where flows begin and end: ("site", node) and ("region", key) to inches."""
    ends = {("site", s.node): p for s, p in zip(sites, places, strict=True)}
    return ends | {("region", r.key): m for r, m in zip(regions, marks, strict=True)}


def _subtitle(context: Context, sites: list[Site], flows: list[Flow]) -> str:
    if not sites:
        return tr("The case has no network or no users, so no flows are shown.")
    text = tr(
        "In {period}, users summed over workloads. Circles: users by place (largest: {place}, {users})",
        period=context.periods[-1], place=sites[0].name, users=count(sites[0].users),
    )  # fmt: skip
    if not flows:
        return f"{text}."
    lines = tr(
        "lines: who serves them, the widest that make {part} (first: {users}).",
        part=percent(_ALL_FLOWS), users=count(flows[0].users),
    )  # fmt: skip
    return f"{text}; {lines}"


def _land(sheet: Sheet, context: Context, projection: Projection, bounds: Bounds, frame: Box) -> None:
    sheet.rectangles([frame], _SEA, zorder=0.2)
    west, south, east, north = bounds
    for country, rings in outlines().items():
        seen = [
            projection(r[:, 0], r[:, 1])
            for r in rings
            if r[:, 0].max() > west
            and r[:, 0].min() < east
            and r[:, 1].max() > south
            and r[:, 1].min() < north
        ]
        if seen:
            home = country == context.background.home_country
            sheet.polygons(seen, _HOME if home else _ABROAD, "#8a8f91", 0.4, zorder=0.5, within=frame)
    x, y, w, h = frame
    sheet.lines([[(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]], SOFT, 0.6, zorder=7)


def _anchors(projection: Projection, regions: list[Region], frame: Box) -> tuple[np.ndarray, np.ndarray]:
    """True places of regions, on the frame where they lie off it, and how far off (n, 2) they lie."""
    x, y, w, h = frame
    points = projection([r.lon for r in regions], [r.lat for r in regions])
    inset = 0.02
    held = np.clip(points, [x + inset, y + inset], [x + w - inset, y + h - inset])
    return held, np.where(np.abs(points - held) > 1e-9, points - held, 0.0)


def _region_marks(
    projection: Projection, regions: list[Region], obstacles: np.ndarray, frame: Box
) -> np.ndarray:
    """Where each region's mark stands: near its place, apart from all others."""
    anchors, _ = _anchors(projection, regions, frame)
    order = [i for group in clusters(anchors, 0.35) for i in group]
    marks = np.empty_like(anchors)
    marks[order] = spread(anchors[order], obstacles, frame, _MARK)
    return marks


def _draw_flows(
    sheet: Sheet, context: Context, flows: list[Flow], ends: dict[tuple[str, str], np.ndarray], frame: Box
) -> None:
    """Curves from places to regions, by vendor group, as wide as their users are many."""
    groups = {r.key: r.group for r in regions_of(context, flows)}
    left = _ALL_FLOWS * sum(f.users for f in flows)
    part = np.linspace(0, 1, 16)[:, None]
    drawn: dict[str, tuple[list[np.ndarray], list[float]]] = {}
    for flow in flows:
        if left <= 0:
            break
        left -= flow.users
        a, b = ends["site", flow.site], ends["region", flow.region]
        middle = (a + b) / 2 + np.array([a[1] - b[1], b[0] - a[0]]) * 0.12
        paths, widths = drawn.setdefault(groups[flow.region], ([], []))
        paths.append((1 - part) ** 2 * a + 2 * part * (1 - part) * middle + part**2 * b)
        widths.append(0.35 + 4.2 * flow.users / flows[0].users)
    for group, (paths, widths) in sorted(drawn.items()):
        look = context.looks[group]
        color = _OWN_FLOW if look is OWN else look.color
        sheet.lines(paths, color, widths, alpha=0.6, zorder=2.2, within=frame)


def _draw_regions(
    sheet: Sheet,
    context: Context,
    regions: list[Region],
    projection: Projection,
    marks: np.ndarray,
    frame: Box,
) -> None:
    anchors, beyond = _anchors(projection, regions, frame)
    arrows: dict[tuple[float, float], str] = {}
    for region, anchor, off, mark in zip(regions, anchors, beyond, marks, strict=True):
        at, away = (float(anchor[0]), float(anchor[1])), bool(off.any())
        if np.hypot(*(mark - anchor)) > 0.02:
            sheet.lines([[at, (float(mark[0]), float(mark[1]))]], INK, 0.6, zorder=4.5)
            if not away:
                sheet.marks([at], ".", 2.5, INK, INK, 0, zorder=4.6)
        if away:
            arrows[round(at[0], 4), round(at[1], 4)] = _arrow(*off)
        _mark(sheet, context, region, (float(mark[0]), float(mark[1])), 12.5, SMALL)
    for point in sorted(arrows):
        sheet.marks([point], arrows[point], 6, INK, INK, 0, zorder=7.5)


def _arrow(dx: float, dy: float) -> str:
    """The marker that points the way of a step, along the axes."""
    if abs(dx) > abs(dy):
        return ">" if dx > 0 else "<"
    return "^" if dy > 0 else "v"


def _mark(
    sheet: Sheet, context: Context, region: Region, at: tuple[float, float], size: float, type_size: float
) -> None:
    look = context.looks[region.group]
    fill, ink = (look.color, look.ink) if region.used else (PAPER, INK)
    edge = INK if region.used or look is OWN else look.color
    sheet.marks([at], "s" if region.group in context.market else "o", size, fill, edge, 0.9, zorder=5)
    number = str(region.number)
    sheet.text(*at, number, size=type_size, bold=True, color=ink, ha="center", va="center_baseline")


def _key(sheet: Sheet, context: Context, regions: list[Region], top: float) -> None:
    """Two columns that say which region each number is and what part of the users it serves."""
    words = tr(
        "Numbered: regions; square: market, round: own, filled: in use. Arrow: off the map. "
        "Hollow circle: rural place."
    )
    sheet.text(EDGE, top + 0.02, words, size=SMALL, color=SOFT, room=WIDTH - 2 * EDGE)
    top -= 0.16
    lines, column = math.ceil(len(regions) / 2), (WIDTH - 2 * EDGE) / 2
    for i, region in enumerate(regions):
        x, y = EDGE + (i // lines) * column, top - (i % lines) * _LINE
        _mark(sheet, context, region, (x + 0.09, y + 0.035), 9.5, 6.2)
        use = _use(region)
        sheet.text(x + column - 0.12, y, use, size=SMALL, color=INK if region.used else SOFT, ha="right")
        room = column - 0.44 - sheet.measure(use, SMALL)
        place = f"{region.key} · {region.name}"
        longer = f"{place}, {region.city}"
        if region.city and region.city not in region.name and sheet.measure(longer, SMALL) <= room:
            place = longer
        sheet.text(x + 0.22, y, place, size=SMALL, room=room)


def _use(region: Region) -> str:
    if region.share > 0:
        return tr("{share} of users", share=percent(region.share))
    if region.used:
        return tr("1 workload") if region.workloads == 1 else tr("{count} workloads", count=region.workloads)
    return tr("announced") if region.announced else tr("not used")


def _alt(regions: list[Region]) -> str:
    used = [f"{r.key} ({_use(r)})" for r in regions if r.used]
    return tr("Regions in use: {regions}.", regions="; ".join(used) or tr("none"))
