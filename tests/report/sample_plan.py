"""A plan and its background with the size of a national case and hostile names."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from planner.plan.plan import (
    BINDING,
    COSTS,
    EXCUSES,
    LATENCY,
    LEAVING,
    OPTIONS,
    PLACEMENTS,
    PURCHASES,
    SHARES,
    SIGNING,
    SURVIVAL,
    Plan,
)  # fmt: skip
from planner.policy.rules import Rule
from planner.report.background import PRICES, Background

HOSTILE = "<script>alert(1)</script> & \"Co\" 'Ltd' ]]> $\\frac{1}{0}$ -- \u0bb5\u0ba3 \u4e91"
LONG = "Kementerian Pembangunan Wilayah, Perancangan Awam dan Pengurusan Data Bersepadu Negara"
PERIODS = [f"{2027 + i // 4}-{1 + 3 * (i % 4):02d}" for i in range(12)]
CAP, FLOOR = 0.35, 0.3

GROUPS = {
    "amazon": ("Amazon Web Services", "US", True),
    "microsoft": ("Microsoft Azure", "US", True),
    "alphabet": ("Google Cloud", "US", True),
    "tm": ("Telekom Malaysia", "MY", True),
    "evil": (HOSTILE, "XX", True),
    "long": (LONG, "MY", True),
    "government": ("MyGovCloud@PDSA", "MY", False),
}

REGIONS = [
    ("aws:ap-southeast-5", "amazon", "Asia Pacific (Malaysia)", "Kuala Lumpur", "MY", 3.1412, 101.68653),
    ("aws:ap-southeast-1", "amazon", "Asia Pacific (Singapore)", "Singapore", "SG", 1.28967, 103.85007),
    ("aws:ap-southeast-3", "amazon", "Asia Pacific (Jakarta)", "Jakarta", "ID", -6.21462, 106.84513),
    ("aws:ap-southeast-7", "amazon", "Asia Pacific (Thailand)", "Bangkok", "TH", 13.75398, 100.50144),
    ("azure:malaysiawest", "microsoft", "Malaysia West", "Kuala Lumpur", "MY", 3.1412, 101.68653),
    ("azure:southeastasia", "microsoft", "Southeast Asia", "Singapore", "SG", 1.28967, 103.85007),
    ("azure:indonesiacentral", "microsoft", "Indonesia Central", "Jakarta", "ID", -6.21462, 106.84513),
    ("azure:southeastasia3", "microsoft", "Southeast Asia 3", "Johor Bahru", "MY", 1.4655, 103.7578),
    ("gcp:asia-southeast1", "alphabet", "Singapore", "Singapore", "SG", 1.28967, 103.85007),
    ("gcp:asia-southeast2", "alphabet", "Jakarta", "Jakarta", "ID", -6.21462, 106.84513),
    ("gcp:asia-southeast3", "alphabet", "Bangkok", "Bangkok", "TH", 13.75398, 100.50144),
    ("gcp:asia-southeast4", "alphabet", "Malaysia", "Elmina", "MY", 3.19, 101.52),
    ("tm:klang-valley", "tm", "Klang Valley", "Cyberjaya", "MY", 2.92281, 101.65718),
    ("tm:iskandar-puteri", "tm", "Iskandar Puteri", "Iskandar Puteri", "MY", 1.39324, 103.62322),
    ("evil:one", "evil", HOSTILE, HOSTILE, "MY", 1.55, 110.33333),
    ("long:one", "long", LONG, LONG, "MY", 5.9749, 116.0724),
    ("mygovcloud:pdsa", "government", "MyGovCloud@PDSA", "Cyberjaya", "MY", 2.92281, 101.65718),
    ("premises:kdn", "government", "Premises of KDN", "Putrajaya", "MY", 2.93527, 101.69112),
]

SITES = [
    ("Kuala Lumpur", "W.P. Kuala Lumpur", 3.1412, 101.68653, 1982112, False),
    ("Putrajaya", "W.P. Putrajaya", 2.93527, 101.69112, 109202, False),
    ("Labuan", "W.P. Labuan", 5.28028, 115.2475, 95120, False),
    ("Shah Alam", "Selangor", 3.08507, 101.53281, 2298130, False),
    ("Cyberjaya", "Selangor", 2.92281, 101.65718, 325244, False),
    ("George Town", "Pulau Pinang", 5.41123, 100.33543, 556575, False),
    ("Johor Bahru", "Johor", 1.4655, 103.7578, 1711191, False),
    ("Iskandar Puteri", "Johor", 1.39324, 103.62322, 300000, False),
    ("Ipoh", "Perak", 4.5841, 101.0829, 888767, False),
    ("Alor Setar", "Kedah", 6.12104, 100.36014, 374051, False),
    ("Kangar", "Perlis", 6.4414, 100.19862, 284885, False),
    ("Kota Bharu", "Kelantan", 6.12361, 102.24333, 555757, False),
    ("Kuala Terengganu", "Terengganu", 5.3302, 103.1408, 229781, False),
    ("Kuantan", "Pahang", 3.8077, 103.326, 548014, False),
    ("Seremban", "Negeri Sembilan", 2.7297, 101.9381, 692283, False),
    ("Melaka", "Melaka", 2.196, 102.2405, 597135, False),
    ("Kuching", "Sarawak", 1.55, 110.33333, 609205, False),
    ("Sibu", "Sarawak", 2.3, 111.81667, 248064, False),
    ("Bintulu", "Sarawak", 3.16667, 113.03333, 178646, False),
    ("Miri", "Sarawak", 4.39928, 113.99163, 248877, False),
    ("Limbang", "Sarawak", 4.75477, 115.01011, 45061, True),
    ("Kapit", "Sarawak", 1.99546, 112.93254, 36030, True),
    ("Belaga", "Sarawak", 2.7, 113.78333, 22502, True),
    ("Marudi", "Sarawak", 4.18333, 114.31667, 18838, True),
    ("Kota Kinabalu", "Sabah", 5.9749, 116.0724, 500421, False),
    ("Sandakan", "Sabah", 5.8402, 118.1179, 439050, False),
    ("Tawau", "Sabah", 4.24482, 117.89115, 372615, False),
    ("Lahad Datu", "Sabah", 5.02298, 118.32897, 229138, False),
    ("Keningau", "Sabah", 5.3378, 116.1602, 150927, True),
    ("Kudat", "Sabah", 6.88732, 116.82364, 86410, True),
    ("Ranau", "Sabah", 5.9538, 116.6641, 85077, True),
    ("Semporna", "Sabah", 4.48178, 118.61119, 166587, True),
    ("Nabawan", "Sabah", 5.0393, 116.4274, 28349, True),
    ("Gua Musang", "Kelantan", 4.88441, 101.96857, 101886, True),
    ("Mersing", "Johor", 2.4312, 103.8405, 78195, True),
    ("Gerik", "Perak", 5.41667, 101.13333, 95076, True),
]


def background(workloads: int = 60) -> Background:
    """Seven vendor groups, eighteen regions, thirty-six places."""
    provenance = {"basis": "published", "source": HOSTILE, "as_of": "2026-03-12"}
    vendors = pd.DataFrame(
        [
            {
                "vendor": g, "name": name, "vendor_group": g, "parent_jurisdiction": parent,
                "stack_group": "", "market": market, **provenance,
            }
            for g, (name, parent, market) in GROUPS.items()
        ]
    )  # fmt: skip
    regions = pd.DataFrame(
        [
            {
                "region": key, "vendor": g, "name": name, "city": city, "country": country,
                "deployment": "in_country_public" if country == "MY" else "offshore_public",
                "status": "announced" if key in ("azure:southeastasia3", "gcp:asia-southeast4") else "live",
                "opens": "", "node": key, "zones": 3, "lat": lat, "lon": lon, "sovereign": "unknown",
                "serves_agency": "", "vendor_group": g, "market": GROUPS[g][2], **provenance,
            }
            for key, g, name, city, country, lat, lon in REGIONS
        ]
    )  # fmt: skip
    names = _names(workloads)
    load = pd.DataFrame(
        {
            "workload": names,
            "agency": [("lhdn", "kdn", "moh", "sarawak-ict")[i % 4] for i in range(workloads)],
            "project": HOSTILE,
            "funding": "",
            "classification": [("terbuka", "rasmi", "sulit")[i % 3] for i in range(workloads)],
            "critical": False,
            "latency_ms": 50.0,
            "level": "federal",
            "state": "",
            "payer": "lhdn",
        }
    )
    users = pd.DataFrame(
        [
            {"workload": w, "site": s[0], "t": t, "users": 0.001 * s[4] * (1 + i % 5)}
            for i, w in enumerate(names)
            for s in SITES
            for t in range(12)
        ]
    )
    nodes = pd.DataFrame(
        [
            {
                "node": n, "kind": "site", "name": HOSTILE if n == "Ranau" else n, "state": s,
                "country": "MY", "lat": lat, "lon": lon, "population": p, "rural": rural, "access": "",
                **provenance,
            }
            for n, s, lat, lon, p, rural in SITES
        ]
    )  # fmt: skip
    far = np.array([[np.hypot(s[2] - r[5], s[3] - r[6]) for r in REGIONS] for s in SITES])
    rural = np.array([18_000 if s[5] else 4_000 for s in SITES])
    rtt = pd.DataFrame(
        far * 1_900 + rural[:, None], index=[s[0] for s in SITES], columns=[r[0] for r in REGIONS]
    )
    prices = pd.DataFrame(
        [
            [r[0], 40, 120, "2025-04-04", "2026-08-20", 100, 0, 10, 0, 0, 10]
            for r in REGIONS
            if r[0] not in ("gcp:asia-southeast4", "azure:southeastasia3")
        ],
        columns=list(PRICES),
    )
    return Background("MY", vendors, regions, load, users, nodes, rules(), rtt, prices)


def rules() -> tuple[Rule, ...]:
    """A law with a weak source, a cap that is a parameter, a hostile title."""
    return (
        rule("MY-CLS-04", "deployment", HOSTILE, url="https://example.org/a?b=1&c=2 | javascript:alert(1)"),
        rule(
            "vendor-share", "vendor_share", "Cap per vendor group", is_parameter=True, parameters={"cap": CAP}
        ),
        rule("domestic", "minimum_share", "Domestic floor", is_parameter=True, parameters={"floor": FLOOR}),
        rule("MY-EV-1", "evidence", "Approvals to obtain", severity="evidence"),
    )


def rule(rule_id, kind, title, severity="hard", url="", is_parameter=False, parameters=None):
    return Rule(
        id=rule_id, kind=kind, title=title, severity=severity, declared_severity="hard",
        standing="adopted", confidence="C", select={}, parameters=parameters or {"allowed": ("gov_private",)},
        instrument="" if is_parameter else "A circular", clause="" if is_parameter else "s. 4",
        url=url, date="2021-08-30", valid_from=date(2021, 8, 30), valid_to=None, supersedes=(),
        superseded_by="", owner="", reviewer="", review_by=None, verified_by="", waivable=True, fix="",
        benchmark="a benchmark abroad: 30 %" if is_parameter else "", is_parameter=is_parameter,
        pack="malaysia-2026", adopted_by="Chief architect", adopted_on=date(2026, 11, 1), reference="memo 7",
    )  # fmt: skip


def _names(count: int) -> list[str]:
    return [f"workload-{i:02d}" for i in range(count - 1)] + [
        "a-workload-with-a-name-that-goes-on-and-on-as-some-do"
    ]


def plan(workloads: int = 60, periods: int = 12, title: str = HOSTILE, marking: str = "SYNTHETIC") -> Plan:
    """A plan in which workloads move, groups meet the cap and own data centres take a part."""
    random = np.random.default_rng(7)
    months = PERIODS[:periods]
    used = [
        r
        for r in REGIONS
        if r[0] not in ("gcp:asia-southeast4", "azure:southeastasia3", "aws:ap-southeast-7")
    ]
    placements, costs = [], []
    for i, w in enumerate(_names(workloads)):
        first, second = used[(i * 5) % len(used)], used[(i * 5 + 3) % len(used)]
        for t, period in enumerate(months):
            moved = i % 3 == 0 and t >= 4 + i % 5
            split = (
                [(second, 1.0)] if moved else [(first, 0.6), (second, 0.4)] if i % 4 == 1 else [(first, 1.0)]
            )
            for region, share in split:
                placements.append((w, region[0], period, "primary", share))
                for term in ("compute", "egress", "storage"):
                    money = float(random.uniform(20_000, 90_000)) * share * (1 + t / 12)
                    costs.append(
                        {
                            "term": term, "vendor_group": region[1], "vendor": region[1], "region": region[0],
                            "payer": "lhdn" if i % 2 else "kdn", "pool": f"pool-{i}", "workload": w,
                            "period": period, "list": money, "tax": money * 0.08, "amortised": money,
                            "cash": money * 1.08, "objective": money * 0.97**t, "assumed": money * 0.2,
                        }
                    )  # fmt: skip
    cost_frame = pd.DataFrame(costs).reindex(columns=list(COSTS), fill_value=0.0)
    return Plan(
        head={
            "schema": 1, "case": "sample", "title": title, "synthetic": True, "marking": marking,
            "home_country": "MY", "currency": "MYR", "decision_date": "2026-11-23",
            "prices_as_of": "2026-11-23", "rules_as_of": "2026-11-23", "status": "optimal",
            "objective": cost_frame["objective"].sum(), "cash": cost_frame["cash"].sum(),
            "amortised": cost_frame["amortised"].sum(), "assumed": cost_frame["assumed"].sum(),
            "contestable_share": 0.55, "oldest_price": "2025-04-04", "newest_price": "2026-08-20",
            "exchange": [
                {"currency": "USD", "year": 2027, "rate": 4.2, "buffer": 0.03, "basis": "assumed",
                 "source": HOSTILE, "as_of": "2026-11-20"}
            ],
            "not_adopted": ["MY-NCCP-03 (D, not adopted)"],
            "unpriced_regions": ["azure:southeastasia3", "gcp:asia-southeast4"],
        },
        periods=pd.DataFrame(
            {
                "period": months, "start": [f"{m}-01" for m in months],
                "end": [f"{m}-28" for m in months], "hours": 2190.0,
                "discount": [0.99**t for t in range(periods)],
            }
        ),
        placements=pd.DataFrame(placements, columns=list(PLACEMENTS)),
        purchases=pd.DataFrame(columns=list(PURCHASES)),
        costs=cost_frame,
        shares=_shares(months),
        excuses=pd.DataFrame(
            [
                (w, r[0], months[0], months[-1], rule_id, HOSTILE)
                for w in _names(workloads)
                for r in REGIONS[::4]
                for rule_id in ("MY-CLS-04", "no-price")
            ],
            columns=list(EXCUSES),
        ),
        latency=pd.DataFrame(
            [(w, p, 50.0, 0.9, 0.93, 23.4, 48.9, False) for w in _names(workloads)[:9] for p in months],
            columns=list(LATENCY),
        ),
        survival=pd.DataFrame(columns=list(SURVIVAL)),
        binding=pd.DataFrame(
            [
                ("vendor_share", "vendor-share", "amazon", p, 12_345.6, "one point of cap",
                 f"one point more for amazon would save MYR 12,346 in {p}")
                for p in months
            ]
            + [("capacity", "capacity", "tm:klang-valley", months[0], 3.2, "one more vcpu", "words")],
            columns=list(BINDING),
        ),
        run={"planner": "0.1", "status": "optimal", "rendering": "pulp", "seconds": {"solver": 0.123456}},
        signing=_signing(),
        leaving=_leaving(months),
        options=_options(float(cost_frame["amortised"].sum())),
    )  # fmt: skip


def _signing() -> pd.DataFrame:
    """Commitments to sign and held, and what is bought as it is used, with hostile families."""
    used = {"units": 12.0, "unit": "machines", "start": "2027-01-01", "end": "2030-01-01", "months": 36,
            "upfront": 0.0, "monthly": 1_000.0, "obligation": 0.0, "expected": 36_000.0, "contract_end": "",
            "exit_value": 0.0, "agreement": "", "status": "as used", "term": "on_demand"}  # fmt: skip
    owed = {
        "obligation": 36_000.0,
        "term": "commit_1y",
        "end": "2028-01-01",
        "months": 12,
        "exit_value": 500.0,
    }
    rows = [used | {"vendor_group": g, "vendor": g, "family": f"{g[:3]}-general"} for g in GROUPS]
    rows += [used | owed | {"vendor_group": "amazon", "vendor": "amazon", "family": "m6g", "status": "sign"}]
    rows += [used | owed | {"vendor_group": "evil", "vendor": "evil", "family": HOSTILE, "status": "held"}]
    rows += [used | {"vendor_group": "long", "vendor": "long", "family": LONG * 40, "agreement": HOSTILE}]
    return pd.DataFrame(rows)[list(SIGNING)]


def _leaving(months: list[str]) -> pd.DataFrame:
    rows = [
        (g, p, 3.0, 1e5, egress, 500.0, 1e3 * t, 90, egress + 500.0 + 1e3 * t)
        for g, egress in (("amazon", 2e5), ("evil", 3e5), ("long", np.nan))
        for t, p in enumerate(months)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(LEAVING))


def _options(cost: float) -> pd.DataFrame:
    plan = {"option": "plan", "rule": "", "value": np.nan, "reason": "", "bound": False, "cost": cost,
            "cash": 1.08 * cost, "objective": 0.9 * cost, "tail": 0.0,
            "assumed": 0.2 * cost, "largest": "amazon", "largest_share": 0.35, "foreign_share": 0.7,
            "critical_kept": 0.71, "kept_without": "amazon", "moves": 20.0, "breaks": 0}  # fmt: skip
    nothing = plan | {
        "option": "nothing",
        "cost": 1.2 * cost,
        "critical_kept": 0.64,
        "moves": 0.0,
        "breaks": 3,
    }
    cheapest = plan | {"option": "cheapest", "cost": 0.9 * cost, "largest": "evil", "bound": True}
    blank = dict.fromkeys(list(OPTIONS)[5:], np.nan)
    tighter = (
        plan
        | blank
        | {"option": "tighter", "value": 0.3, "reason": HOSTILE, "largest": "", "kept_without": ""}
    )
    return pd.DataFrame([nothing, cheapest, plan, tighter])[list(OPTIONS)]


def _shares(months: list[str]) -> pd.DataFrame:
    rows = []
    market = [g for g, (_, _, m) in GROUPS.items() if m]
    for t, period in enumerate(months):
        raw = np.array([0.35, 0.35 - 0.02 * (t < 3), 0.12, 0.08 + 0.002 * t, 0.04, 0.02])
        raw[2] += 1 - raw.sum()
        for g, v in zip(market, raw, strict=True):
            v = min(v, CAP)
            rows.append(
                (
                    "vendor-share",
                    "vendor_share",
                    "spend",
                    "contestable spend",
                    period,
                    g,
                    v * 1e6,
                    1e6,
                    v,
                    CAP,
                    CAP - v,
                    abs(CAP - v) < 1e-6,
                )
            )
            rows.append(
                ("", "report", "spend", "all market spend", period, g, v * 2e6, 2e6, v, np.nan, np.nan, False)
            )
        own = max(FLOOR, 0.4 - 0.02 * t)
        rows.append(
            (
                "domestic",
                "minimum_share",
                "spend",
                "contestable spend",
                period,
                "domestic",
                own * 1e6,
                1e6,
                own,
                FLOOR,
                own - FLOOR,
                own <= FLOOR,
            )
        )
    return pd.DataFrame(rows, columns=list(SHARES))
