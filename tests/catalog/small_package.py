"""A small catalog package on disk that is right in every row, for tests that break one thing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner.catalog.load import Catalog, read_catalog
from planner.errors import Issue

P = "published,a price list,2026-01-01"

GOOD = {
    "vendors.csv": f"""vendor,name,vendor_group,parent_jurisdiction,stack_group,market,basis,source,as_of
acme,Acme Cloud,acme,XX,,true,{P}
""",
    "regions.csv": "region,vendor,name,city,country,deployment,status,opens,node,zones,lat,lon,sovereign,"
    f"""serves_agency,basis,source,as_of
acme:east,acme,East,Easton,XX,in_country_public,live,2020-01-01,acme:east,3,1.5,103.5,false,,{P}
acme:west,acme,West,,YY,offshore_public,announced,,acme:west,,-1.5,100,unknown,,{P}
""",
    "skus.csv": "SkuId,region,family,category,architecture,vcpu,memory_gib,baseline_vcpu,accelerator,"
    f"""accelerator_count,resource,basis,source,as_of
acme:east:a2,acme:east,a,general,x86,2,8,,,,,{P}
acme:east:b1,acme:east,b,burstable,arm,2,4,0.4,,,,{P}
acme:east:disk,acme:east,disk,block,,,,,,,block_gib,{P}
acme:east:g1,acme:east,g,accelerated,x86,8,64,,X1,1,,{P}
""",
    "prices.csv": "SkuId,term,PricingCategory,PricingUnit,ListUnitPrice,PricingCurrency,valid_from,valid_to,"
    f"""basis,source,as_of
acme:east:a2,on_demand,Standard,Hour,0.1,USD,2025-01-01,2026-01-01,{P}
acme:east:a2,on_demand,Standard,Hour,0.09,USD,2026-01-01,,{P}
acme:east:a2,spot,Dynamic,Hour,0.03,USD,2025-01-01,,{P}
acme:east:b1,commit_1y,Committed,Hour,0.02,USD,2025-01-01,,{P}
acme:east:disk,on_demand,Standard,GiB-Month,0.08,USD,2025-01-01,,{P}
acme:east:g1,on_demand,Standard,Hour,3,USD,2025-01-01,,{P}
""",
    "transfer.csv": "region,destination,from_gib,PricingUnit,ListUnitPrice,PricingCurrency,valid_from,"
    f"""valid_to,basis,source,as_of
acme:east,internet,0,GiB,0,USD,2025-01-01,,{P}
acme:east,internet,100,GiB,0.12,USD,2025-01-01,,{P}
acme:east,acme:west,0,GiB,0.05,USD,2025-01-01,,{P}
""",
    "not_sold.csv": f"""region,family,term,basis,source,as_of
acme:east,a,commit_3y,{P}
""",
    "accelerators.csv": f"""accelerator,memory_gib,gpu_inference,gpu_training,own_stack,basis,source,as_of
X1,80,1,1,false,{P}
""",
    "interconnects.csv": f"""vendor,family,accelerator,accelerator_count,interconnect,basis,source,as_of
acme,g,X1,1,none,{P}
""",
    "rates.csv": f"""currency,quote,date,rate,basis,source,as_of
USD,MYR,2025-06-30,4.2,{P}
USD,MYR,2026-06-30,4.1,{P}
""",
}
"""File name to content. Line 1 is the header."""

AS_OF = date(2026, 6, 1)


def write(case: Path, files: dict[str, str] | None = None, name: str = "ours") -> Path:
    """Write the package into folder ``name`` of a case; return its folder."""
    folder = case / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (GOOD if files is None else files).items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def read(case: Path, as_of: date = AS_OF, *names: str) -> tuple[Catalog, list[Issue]]:
    """Read ``./ours`` (or other packages) of the case."""
    return read_catalog(names or ("./ours",), case, as_of)
