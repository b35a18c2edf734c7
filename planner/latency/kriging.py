r"""A regression over pairs of places: what one pair's round trip says about another's.

Round trips between regions are close to additive: a region that lies behind a hub is later than the
hub by the same milliseconds whatever the far end is, because both take the hub's cables. So the
model is a Gaussian process over unordered pairs (kriging), in milliseconds, with zero mean:

.. math::
   y_{ab} = e_a + e_b + g_a + g_b + m_{ab} + v_{ab} + c_{ab} + \varepsilon

- :math:`e` what an end adds: varies smoothly over the earth (places of one coast share cables);
- :math:`g` what one region adds to its surroundings;
- :math:`m` how a region meets the regions of one vendor, wherever they are;
- :math:`v` how two vendors meet: an :math:`e` of its own for each pair of vendors;
- :math:`c` what is common to all pairs of the same two cities;
- :math:`\varepsilon` error of the source, known for each row.

Each part has a standard deviation in :class:`Scales`; g, m and v shrink on short paths, where there is
less room for a detour, by :math:`\sqrt{d / (d + d_0)}` of the distance d. The scales were found by
marginal likelihood on the measured pairs and rounded. Neither countries nor vendors are known to the
code: it sees only which regions share a vendor or a city and how far apart they are.

The idea that distances between hosts can be learned from a few measured ones is that of network
coordinates (Vivaldi, Dabek et al. 2004); the additive ends are its "height".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

EARTH_KM = 6371.0
FIBRE_MS_PER_KM = 0.0098
"""Round trip of light in a kilometre of fibre: twice 4.9 µs (source fibre_rule)."""


@dataclass(frozen=True)
class Scales:
    """Standard deviations of the parts in ms.

    ``reach_km`` is the distance over which ends resemble each other, ``short_km`` is d₀.
    """

    reach_km: float = 50_000.0
    short_km: float = 300.0
    end: float = 85.0
    region: float = 3.5
    meeting: float = 6.0
    vendors: float = 15.0
    cities: float = 0.6


@dataclass(frozen=True)
class Places:
    """The regions: index i of every array is region i. ``vendor`` and ``city`` are codes."""

    names: tuple[str, ...]
    vendor: np.ndarray
    city: np.ndarray
    km: np.ndarray
    """Great-circle distance of every two."""

    def index(self, name: str) -> int:
        return self.names.index(name)


def distances(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Great-circle distances in km (haversine) between all points given in degrees."""
    la, lo = np.radians(lat), np.radians(lon)
    h = (
        np.sin((la[:, None] - la) / 2) ** 2
        + np.cos(la)[:, None] * np.cos(la) * np.sin((lo[:, None] - lo) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def covariance(places: Places, x: np.ndarray, y: np.ndarray, scales: Scales) -> np.ndarray:
    """Prior covariance of pairs ``x`` (n, 2) with pairs ``y`` (m, 2) of indices, in ms²; (n, m).

    Every part is a sum over the ways to match the ends of one pair with those of the other, so a
    pair and its reverse are the same thing.
    """
    ways = list(product((0, 1), (0, 1)))

    def match(kernel: np.ndarray, i: int, j: int) -> np.ndarray:
        return np.asarray(kernel[np.ix_(x[:, i], y[:, j])])

    def end(kernel: np.ndarray) -> np.ndarray:
        return np.asarray(sum(match(kernel, i, j) for i, j in ways))

    def both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.asarray(sum(match(one, i, j) * match(other, 1 - i, 1 - j) for i, j in ways)) / 2

    near = np.exp(-places.km / scales.reach_km)
    same = np.eye(len(places.names))
    vendor = (places.vendor[:, None] == places.vendor).astype(float)
    city = (places.city[:, None] == places.city).astype(float)
    kinds = [np.sort(places.vendor[pairs], axis=1) for pairs in (x, y)]
    meet = (kinds[0][:, None] == kinds[1][None]).all(axis=2)
    # Room for a detour on a path of so many km, 0 to 1; a city is taken as 20 km wide.
    paths = (places.km[pairs[:, 0], pairs[:, 1]] + 20.0 for pairs in (x, y))
    room = [np.sqrt(km / (km + scales.short_km)) for km in paths]
    detours = (
        scales.region**2 * end(same)
        + scales.meeting**2 * both(same, vendor)
        + scales.vendors**2 * meet * both(near, near)
    )
    smooth = scales.end**2 * end(near) + scales.cities**2 * both(city, city)
    return np.asarray(smooth + np.outer(*room) * detours)


@dataclass(frozen=True)
class Kriging:
    """The fitted regression: training pairs, inverse of their covariance, and its product with y."""

    places: Places
    pairs: np.ndarray
    values: np.ndarray
    inverse: np.ndarray
    weights: np.ndarray
    scales: Scales

    def predict(self, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation in ms of the round trip of pairs (n, 2)."""
        between = covariance(self.places, pairs, self.pairs, self.scales)
        own = np.diag(covariance(self.places, pairs, pairs, self.scales))
        variance = own - np.einsum("ij,jk,ik->i", between, self.inverse, between)
        return between @ self.weights, np.sqrt(np.maximum(variance, 0.0))

    def leave_out(self, groups: np.ndarray) -> np.ndarray:
        """Prediction of every training row from the rows of all other groups, in ms.

        The closed form of refitting without the group I:
        :math:`y_I - [(K^{-1})_{II}]^{-1} (K^{-1} y)_I`.
        """
        out = np.empty(len(self.values))
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            block = self.inverse[np.ix_(rows, rows)]
            out[rows] = self.values[rows] - np.linalg.solve(block, self.weights[rows])
        return out


def fit(places: Places, pairs: np.ndarray, values: np.ndarray, error: np.ndarray, scales: Scales) -> Kriging:
    """Fit to measured pairs.

    Parameters
    ----------
    places
        All regions.
    pairs, values, error
        Indices of the ends (n, 2), round trip and standard error of its source, both in ms.
    """
    inverse = np.linalg.inv(covariance(places, pairs, pairs, scales) + np.diag(error**2))
    return Kriging(places, pairs, values, inverse, inverse @ values, scales)
