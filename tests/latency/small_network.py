"""A network small enough to compute by hand, and a way to write and read it."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Issue
from planner.latency.network import Network, read_network

P = "derived,made up,2026-01-01"

NODES = f"""\
node,kind,name,city,state,country,lat,lon,population,rural,access,note,basis,source,as_of
Town,site,Town,Town,State,XA,0,0,1000,false,fixed,,{P}
Isle,site,Isle,Isle,State,XA,0,10,10,true,satellite,,{P}
Hub,hub,Hub,Town,State,XA,0,0,,false,,,{P}
Port,landing,Port,Port,State,XA,0,1,,false,,,{P}
Far hub,hub,Far hub,Far,,XB,0,9,,false,,,{P}
x:home,region,X home,Town,State,XA,0,0,,false,,,{P}
x:far,region,X far,Far,,XB,0,9,,false,,,{P}
y:far,region,Y far,Far,,XB,0,9,,false,,,{P}
"""
LINKS = f"""\
a,b,name,kind,rtt_us,low_us,high_us,p95_us,note,basis,source,as_of
Town,Hub,Fixed access,access,10000,8000,15000,20000,,published,made up,2025-01-01
Hub,Town,Mobile access,access,30000,25000,50000,60000,,{P}
Town,Hub,Office line,line,1000,900,2000,1500,,{P}
Isle,Hub,Satellite,satellite,500000,400000,600000,700000,,assumed,made up,2024-01-01
Hub,Port,Land,land,1000,900,1200,1100,,{P}
Port,Far hub,Cable A,cable,9000,8500,9900,10000,,published,made up,2020-01-01
Port,Far hub,Cable B,cable,12000,11000,15000,14000,,{P}
Hub,x:home,Peering,peering,500,100,900,600,,{P}
Far hub,x:far,Peering,peering,700,100,900,800,,{P}
Far hub,y:far,Peering,peering,800,100,900,900,,{P}
x:far,y:far,Direct,peering,100,100,100,100,,{P}
"""
MEASURED = """\
from,to,statistic,window,rtt_us,error_us,basis,source,as_of
x:home,x:far,median,1 year,11000,500,measured,made up,2026-01-01
x:far,x:home,median,1 year,13000,500,measured,made up,2026-01-01
x:home,x:far,p95,1 year,18000,500,measured,made up,2026-01-01
x:home,x:far,mean,once,20000,7000,measured,made up,2026-02-01
"""
SOURCES = """\
source,what,where,stated,licence
made up,Invented for a test,,2026,none
"""
GOOD = {"nodes.csv": NODES, "links.csv": LINKS, "measured.csv": MEASURED, "sources.csv": SOURCES}


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a network package; ``files`` replaces some of the good ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**GOOD, **(files or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> tuple[Network, list[Issue]]:
    """Read a written package under the name ``net``."""
    return read_network(folder, "net")
