"""A system as it is written: groups of users, operations with their routes, tiers, and the target.

Everything here is a frozen value; numbers may be arrays of scenarios. Where a value came from is kept beside it in
`origins`, so that the screen can say what nobody typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from capcalc.keys import check, key
from capcalc.laws.work import Work, fixed
from capcalc.tiers.flow import Hop, Number
from capcalc.tiers.tier import Target, Tier

if TYPE_CHECKING:
    from capcalc.spread import Spread


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a value came from: typed by somebody, said by a model file, or a default."""

    kind: str  # "typed", "model" or "default"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Group:
    """Users and how their load moves over the day: `[workload]`, or `[groups.X]`."""

    users: Number | None = key("count", "users active on a day, not registered", None)
    online: Number | None = key("ratio", "part of the users connected at the busiest moment", None)
    peak: Number = key(
        "number", "busiest rate / mean rate", 3.0, low=1, source="3: sources use 2 (classic) or 3 (recent), 1.5 to 10"
    )
    peak_lasts: Number = key(
        "duration", "how long the busiest rate holds", 3600.0, source="assumed: 30 minutes to 3 hours"
    )
    lasts: Number | None = key("duration", "the load stops after this; for ever if not given", None, above=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Client:
    """The user's side: `[client]`."""

    rtt: Number = key("duration", "round trip of a user to the nearest region", 0.040, source="assumed: 20 ms to 100 ms")
    edge_rtt: Number = key("duration", "round trip of a user to the nearest edge", 0.010, source="assumed: a CDN near by")
    new_connections: Number = key(
        "ratio", "part of the requests that open a connection first", 0.1, source="assumed: 5% to 50%"
    )
    download: Number = key("bandwidth", "to the user", 2.5e6, above=True, source="assumed: 20 Mbit/s")
    upload: Number = key("bandwidth", "from the user", 1.25e6, above=True, source="assumed: 10 Mbit/s")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Region:
    """A place where the system stands: `[regions.X]`."""

    place: str = key("text", "region of a cloud, as the catalogue names it")
    share: Number = key("ratio", "share of all users; the shares of all regions are 1 together")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Operation:
    """A class of requests with a route of its own."""

    route: tuple[Hop, ...]
    per_user: Number | None = key("rate", "requests of a user, over the day", None)
    rate: Number | None = key("rate", "requests of all, over the day", None)
    every: Number | None = key("duration", "each online user does it once in that time", None, above=True)
    follows: Mapping[str, Number] | None = None
    kind: str = key("choice", "read or write: caches answer reads only", "read", choices=("read", "write"))
    group: str | None = key("text", "the group of users that does it", None)
    peak: Number | None = key("number", "busiest rate / mean rate; its group's if not given", None, low=1)
    request: Work = key("amount", "bytes of a request", fixed(500.0), source="assumed: 200 B to 2 kB")
    response: Work = key("amount", "bytes of a response", fixed(2000.0), source="assumed: 500 B to 20 kB")
    p99: Number | None = key("duration", "99% are answered within; the target's if not given", None, above=True)
    done: Number | None = key("duration", "99% have passed everything behind the queues within", None, above=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Mix:
    """Requests of a user and the share of reads among them, in place of each operation's own `per_user`."""

    requests_per_user: Number | None = key("rate", "requests of a user, over the day", None)
    read_ratio: Number | None = key("ratio", "part of the requests that are reads", None)

    def __post_init__(self) -> None:
        check(self, "")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Spec:
    """A whole system as it is written; `capcalc.systems.system.System` adds what one can do with it."""

    name: str
    operations: Mapping[str, Operation]
    tiers: Mapping[str, Tier]
    workload: Group = Group()
    groups: Mapping[str, Group] = field(default_factory=dict)
    client: Client = Client()
    regions: Mapping[str, Region] = field(default_factory=dict)
    target: Target = Target()
    mix: Mix | None = None
    title: str = ""
    question: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    ranges: Mapping[str, Spread] = field(default_factory=dict)  # of what is uncertain; its value is the middle
    check: Mapping[str, float] = field(default_factory=dict)  # values that the file says its estimate has
