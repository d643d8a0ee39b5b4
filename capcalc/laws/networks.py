"""Networks of queues: open and closed, one class and several, exact, approximate and bounded.

| question | law | standing |
| --- | --- | --- |
| arrivals at each station, visits | `traffic_rates`, `visit_ratios` | exact |
| open network, from visits or from routing | `open_network`, `jackson_network` | exact |
| the same of several classes | `open_multiclass` | exact |
| the way through single servers | `tandem_response_percentile_s`, `tandem_response_tail` | exact |
| closed network | `closed_network`, `closed_throughput_rps`, `closed_marginal` | exact |
| the same of several classes | `closed_multiclass` | exact |
| closed networks of any population | `approximate_network`, `approximate_multiclass` | approximation |
| from sums alone | `asymptotic_bounds`, `balanced_job_bounds` | bound |

The functions are at home in `traffic`, `networks_open`, `tandem`, `networks_closed`, `networks_approximate`
and `network_bounds`.
"""

from __future__ import annotations

from capcalc.laws._closed_results import ClosedClasses, ClosedNetwork
from capcalc.laws.network_bounds import NetworkBounds, asymptotic_bounds, balanced_job_bounds
from capcalc.laws.networks_approximate import approximate_multiclass, approximate_network
from capcalc.laws.networks_closed import (
    closed_marginal,
    closed_multiclass,
    closed_network,
    closed_throughput_rps,
)
from capcalc.laws.networks_open import (
    OpenClasses,
    OpenNetwork,
    jackson_network,
    open_multiclass,
    open_network,
)
from capcalc.laws.tandem import tandem_response_percentile_s, tandem_response_tail
from capcalc.laws.traffic import traffic_rates, visit_ratios

__all__ = [
    "ClosedClasses",
    "ClosedNetwork",
    "NetworkBounds",
    "OpenClasses",
    "OpenNetwork",
    "approximate_multiclass",
    "approximate_network",
    "asymptotic_bounds",
    "balanced_job_bounds",
    "closed_marginal",
    "closed_multiclass",
    "closed_network",
    "closed_throughput_rps",
    "jackson_network",
    "open_multiclass",
    "open_network",
    "tandem_response_percentile_s",
    "tandem_response_tail",
    "traffic_rates",
    "visit_ratios",
]
