"""Map of users' places and regions, with flows from one to the other in the last period."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from planner.report.background import users_by_site_and_region
from planner.report.figures.context import Context
from planner.report.figures.looks import OWN
from planner.report.figures.outlines import CREDIT, Projection, outlines, project, view
from planner.report.figures.placing import Box, clusters, labels, nearest, spread
from planner.report.figures.sheet import EDGE, INK, PAPER, SMALL, SOFT, WIDTH, Chart, Sheet, Skipped
from planner.report.words import count, percent

NAME, TITLE = "map", "Where users are and which regions serve them"
_HOME, _ABROAD, _SEA = "#f3efe2", "#dfe3e4", "#f4f8fb"
_MARK = 0.2
"""Inches: smallest distance between two region marks."""
_ALL_FLOWS = 0.98
"""Share of users whose flows are drawn, widest first; thinner ones would only be haze."""
_LINE = 0.152
_FIRST = 3
"""Places named before the regions' marks find their room."""


def region_map(context: Context) -> Chart | Skipped:
    """Draw it, or say why not."""
    regions = _regions(context)
    if regions.empty:
        return Skipped(NAME, TITLE, "the catalog lists no region")
    flows, sites = _flows(context), _sites(context)
    near = regions[regions["country"] == context.background.home_country]
    points = pd.concat([f[["lon", "lat"]] for f in (sites, near) if len(f)] or [regions[["lon", "lat"]]])
    bounds = view(points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float))
    room = WIDTH - 2 * EDGE
    shape = (bounds[3] - bounds[1]) / (
        (bounds[2] - bounds[0]) * math.cos(math.radians((bounds[1] + bounds[3]) / 2))
    )
    height = min(5.4, room * shape)
    lines = math.ceil(len(regions) / 2)
    sheet = Sheet(height=height + lines * _LINE + (1.6 if context.marking else 1.42))
    low, high = sheet.frame(
        context.marking, TITLE, _subtitle(context, sites, flows), context.footer(f"placements.csv · {CREDIT}")
    )
    frame = (EDGE, high - height, room, height)
    bounds = _filled(bounds, frame)
    projection = project(bounds, frame)
    _land(sheet, context, projection, bounds, frame)
    places = projection(sites["lon"].to_numpy(), sites["lat"].to_numpy())
    biggest = max(float(sites["users"].max()), 1.0) if len(sites) else 1.0
    radii = 0.035 + 0.14 * np.sqrt(sites["users"].to_numpy(dtype=float) / biggest)
    names = _Names(sheet, sites, places, radii, frame)
    names.place(_FIRST, [])
    marks = _region_marks(
        projection, regions, np.vstack([np.column_stack([places, radii]), names.discs()]), frame
    )
    names.place(len(sites), [(x - _MARK / 2, y - _MARK / 2, _MARK, _MARK) for x, y in marks])
    _draw_flows(sheet, context, flows, sites, regions, places, marks, frame)
    _draw_sites(sheet, sites, places, radii)
    names.draw(sheet)
    _draw_regions(sheet, context, regions, projection, marks, frame)
    _key(sheet, context, regions, flows, frame[1] - 0.2)
    return Chart(NAME, TITLE, _alt(regions, flows), sheet)


def _filled(bounds: tuple[float, float, float, float], frame: Box) -> tuple[float, float, float, float]:
    """``bounds`` widened east and west until they fill the frame."""
    west, south, east, north = bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    more = max(0.0, (north - south) * frame[2] / frame[3] / squeeze - (east - west)) / 2
    return west - more, south, east + more, north


def _regions(context: Context) -> pd.DataFrame:
    """Regions numbered as on the map, with workloads whose primary is there in the last period."""
    regions = context.background.regions
    if "vendor_group" not in regions:
        groups = context.background.vendors.set_index("vendor")["vendor_group"]
        regions = regions.assign(vendor_group=regions["vendor"].map(groups))
    placed = context.plan.placements
    placed = placed[(placed["period"] == context.periods[-1]) & (placed["role"] == "primary")]
    regions = regions.assign(
        workloads=regions["region"].map(placed["region"].value_counts()).fillna(0).astype(int)
    )
    own = ~regions["vendor_group"].isin(list(context.market))
    order = regions.assign(own=own).sort_values(["own", "vendor_group", "region"], ignore_index=True)
    return order.assign(number=np.arange(1, len(order) + 1))


def _flows(context: Context) -> pd.DataFrame:
    """site, region, users of the last period, most users first."""
    if context.background.nodes is None or context.background.users.empty:
        return pd.DataFrame({"site": [], "region": [], "users": pd.Series(dtype=float)})
    last = len(context.periods) - 1
    flows = users_by_site_and_region(context.background, context.plan.placements, last, context.periods[-1])
    flows = flows.groupby(["site", "region"], as_index=False)["users"].sum()
    return flows.sort_values(["users", "site", "region"], ascending=[False, True, True], ignore_index=True)


def _sites(context: Context) -> pd.DataFrame:
    """node, name, lat, lon, rural, users of the last period; most users first."""
    nodes, users = context.background.nodes, context.background.users
    if nodes is None or users.empty:
        return pd.DataFrame(
            {c: pd.Series(dtype=float) for c in ("node", "name", "lat", "lon", "rural", "users")}
        )
    here = users[users["t"] == len(context.periods) - 1].groupby("site")["users"].sum()
    sites = nodes[nodes["node"].isin(here.index)]
    sites = sites.assign(users=sites["node"].map(here).astype(float))
    return sites.sort_values(["users", "node"], ascending=[False, True], ignore_index=True)


def _subtitle(context: Context, sites: pd.DataFrame, flows: pd.DataFrame) -> str:
    if sites.empty:
        return "The case has no network or no users: regions only. Regions: see below."
    top = sites.iloc[0]
    text = (
        f"In {context.periods[-1]}, users summed over workloads. Circles: users by place (largest: {top['name']}, "
        f"{count(top['users'])})"
    )
    if flows.empty:
        return text + "."
    return text + f"; lines: users served (widest: {count(flows['users'].iloc[0])}). Regions: see below."


def _land(
    sheet: Sheet,
    context: Context,
    projection: Projection,
    bounds: tuple[float, float, float, float],
    frame: Box,
) -> None:
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


def _edge_points(points: np.ndarray, frame: Box) -> tuple[np.ndarray, np.ndarray]:
    """Points moved to the frame where they lie off it, and which were."""
    x, y, w, h = frame
    inset = 0.02
    low, high = np.array([x + inset, y + inset]), np.array([x + w - inset, y + h - inset])
    clipped = np.clip(points, low, high)
    return clipped, np.abs(clipped - points).max(axis=1) > 1e-9


def _region_marks(
    projection: Projection, regions: pd.DataFrame, obstacles: np.ndarray, frame: Box
) -> np.ndarray:
    """Where each region's mark stands: near its place, apart from all others."""
    anchors, _ = _edge_points(projection(regions["lon"].to_numpy(), regions["lat"].to_numpy()), frame)
    order = [i for group in clusters(anchors, 0.35) for i in group]
    marks = np.empty_like(anchors)
    marks[order] = spread(anchors[order], obstacles, frame, _MARK)
    return marks


def _draw_flows(
    sheet: Sheet,
    context: Context,
    flows: pd.DataFrame,
    sites: pd.DataFrame,
    regions: pd.DataFrame,
    places: np.ndarray,
    marks: np.ndarray,
    frame: Box,
) -> None:
    if flows.empty:
        return
    flows = flows[flows["users"].cumsum() - flows["users"] < _ALL_FLOWS * flows["users"].sum()]
    site, region = pd.Index(sites["node"]), pd.Index(regions["region"])
    top = float(flows["users"].iloc[0])
    part = np.linspace(0, 1, 16)[:, None]
    groups = regions["vendor_group"].to_numpy()
    by_group: dict[str, tuple[list[np.ndarray], list[float]]] = {}
    for name, place, users in flows[["site", "region", "users"]].itertuples(index=False):
        s, r = site.get_loc(name), region.get_loc(place)
        a, b = places[s], marks[r]
        across = np.array([a[1] - b[1], b[0] - a[0]])
        middle = (a + b) / 2 + across * 0.12
        curve = (1 - part) ** 2 * a + 2 * part * (1 - part) * middle + part**2 * b
        paths, widths = by_group.setdefault(str(groups[r]), ([], []))
        paths.append(curve)
        widths.append(0.35 + 4.2 * users / top)
    for group in sorted(by_group):
        paths, widths = by_group[group]
        look = context.looks[group]
        color = "#6e6e6e" if look is OWN else look.color
        sheet.lines(paths, color, widths, alpha=0.6, zorder=2.2, within=frame)


def _draw_sites(sheet: Sheet, sites: pd.DataFrame, places: np.ndarray, radii: np.ndarray) -> None:
    for (x, y), radius, rural in zip(places, radii, sites["rural"], strict=True):
        color = PAPER if rural else "#5b5b5b"
        sheet.marks([(x, y)], "o", radius * 144, color, INK if rural else PAPER, 0.7, 0.85, zorder=4)


class _Names:
    """Names of places: the largest find room before the regions' marks do, the others after."""

    def __init__(
        self, sheet: Sheet, sites: pd.DataFrame, places: np.ndarray, radii: np.ndarray, frame: Box
    ) -> None:
        self.texts = [sheet.fit(str(name), 1.2, SMALL) for name in sites["name"]]
        self.sizes = [(sheet.measure(text, SMALL) + 0.03, 0.115) for text in self.texts]
        self.points = [(float(x), float(y)) for x, y in places]
        self.radii = [float(r) for r in radii]
        self.frame = frame
        self.spots: list[tuple[float, float] | None] = []

    def place(self, until: int, taken: list[Box]) -> None:
        """Find room for the names up to number ``until`` off ``taken`` and all circles and names."""
        circles = [(x - r, y - r, 2 * r, 2 * r) for (x, y), r in zip(self.points, self.radii, strict=True)]
        some = slice(len(self.spots), until)
        self.spots += labels(
            self.points[some],
            self.sizes[some],
            self.radii[some],
            [*taken, *circles, *self._boxes()],
            self.frame,
        )

    def discs(self) -> np.ndarray:
        """The names placed so far as discs (x, y, radius) that marks should keep off."""
        discs = [
            (x + part * w, y + h / 2, h / 2)
            for x, y, w, h in self._boxes()
            for part in (0.05, 0.275, 0.5, 0.725, 0.95)
        ]
        return np.array(discs).reshape(-1, 3)

    def draw(self, sheet: Sheet) -> None:
        for i, spot in enumerate(self.spots):
            if spot is None:
                continue
            x, y = self.points[i]
            end = nearest((x, y), (*spot, *self.sizes[i]))
            if math.hypot(end[0] - x, end[1] - y) > self.radii[i] + 0.08:
                sheet.lines([[(x, y), end]], SOFT, 0.5, zorder=4.2)
            sheet.text(spot[0] + 0.015, spot[1] + 0.025, self.texts[i], size=SMALL, ground=True)

    def _boxes(self) -> list[Box]:
        return [
            (*spot, *size) for spot, size in zip(self.spots, self.sizes, strict=False) if spot is not None
        ]


def _draw_regions(
    sheet: Sheet,
    context: Context,
    regions: pd.DataFrame,
    projection: Projection,
    marks: np.ndarray,
    frame: Box,
) -> None:
    anchors, off = _edge_points(projection(regions["lon"].to_numpy(), regions["lat"].to_numpy()), frame)
    for i, row in enumerate(regions.itertuples(index=False)):
        moved = np.hypot(*(marks[i] - anchors[i])) > 0.02
        if moved:
            sheet.lines([[tuple(anchors[i]), tuple(marks[i])]], INK, 0.6, zorder=4.5)
        if moved and not off[i]:
            sheet.marks([tuple(anchors[i])], ".", 2.5, INK, INK, 0, zorder=4.6)
        _mark(sheet, context, row.vendor_group, int(row.number), tuple(marks[i]), row.workloads > 0)
    for point in {(round(x, 4), round(y, 4)) for (x, y), o in zip(anchors, off, strict=True) if o}:
        sheet.marks([point], _arrow(point, frame), 6, INK, INK, 0, zorder=7.5)


def _arrow(point: tuple[float, float], frame: Box) -> str:
    """The marker that points out of the frame where ``point`` lies on its edge."""
    x, y, w, h = frame
    gaps = {"<": point[0] - x, ">": x + w - point[0], "v": point[1] - y, "^": y + h - point[1]}
    return min(gaps, key=lambda k: (gaps[k], k))


def _mark(
    sheet: Sheet, context: Context, group: str, number: int, at: tuple[float, float], used: bool
) -> None:
    look = context.looks[group]
    color, ink = (look.color, look.ink) if used else (PAPER, INK)
    edge = INK if used or look is OWN else look.color
    sheet.marks([at], "s" if group in context.market else "o", 12.5, color, edge, 0.9, zorder=5)
    sheet.text(*at, str(number), size=SMALL, bold=True, color=ink, ha="center", va="center_baseline")


def _key(sheet: Sheet, context: Context, regions: pd.DataFrame, flows: pd.DataFrame, top: float) -> None:
    words = "Numbered: regions; square: market, round: own, filled: in use. Arrow: off the map. Hollow circle: rural place."
    sheet.text(EDGE, top + 0.02, words, size=SMALL, color=SOFT, room=WIDTH - 2 * EDGE)
    top -= 0.16
    served, total = flows.groupby("region")["users"].sum(), float(flows["users"].sum())
    lines, column = math.ceil(len(regions) / 2), (WIDTH - 2 * EDGE) / 2
    for i, row in enumerate(regions.itertuples(index=False)):
        x, y = EDGE + (i // lines) * column, top - (i % lines) * _LINE
        color_at = (x + 0.09, y + 0.035)
        look = context.looks[row.vendor_group]
        used = row.workloads > 0
        edge = INK if used or look is OWN else look.color
        shape = "s" if row.vendor_group in context.market else "o"
        sheet.marks([color_at], shape, 9.5, look.color if used else PAPER, edge, 0.9, zorder=5)
        ink = look.ink if used else INK
        sheet.text(
            *color_at, str(row.number), size=6.2, bold=True, color=ink, ha="center", va="center_baseline"
        )
        share = float(served.get(row.region, 0.0)) / total if total else 0.0
        if share > 0:
            use = f"{percent(share)} of users"
        elif used:
            use = f"{row.workloads} workload{'s' if row.workloads != 1 else ''}"
        else:
            use = "announced" if row.status == "announced" else "not used"
        room = sheet.measure(use, SMALL) + 0.08
        sheet.text(x + column - 0.12, y, use, size=SMALL, color=INK if used else SOFT, ha="right")
        room = column - 0.36 - room
        place = f"{row.region} · {row.name}"
        longer = f"{place}, {row.city}"
        if row.city and row.city not in str(row.name) and sheet.measure(longer, SMALL) <= room:
            place = longer
        sheet.text(x + 0.22, y, place, size=SMALL, room=room)


def _alt(regions: pd.DataFrame, flows: pd.DataFrame) -> str:
    served, total = flows.groupby("region")["users"].sum(), float(flows["users"].sum())
    parts = [f"{r} {percent(float(u) / total)} of users" for r, u in served.items()] if total else []
    used = ", ".join(regions.loc[regions["workloads"] > 0, "region"])
    return f"Regions in use: {used or 'none'}. " + ("; ".join(parts) + "." if parts else "")
