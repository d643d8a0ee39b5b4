"""How many users a day can this fleet hold before the p99 of a read passes 200 ms?

Assumed: models/web.toml with 20 web servers, two caches and a database of three copies, none of them
added to. User side, 10% of the requests on a new connection; 400 numbers of users in one array.
"""

import numpy as np

from capcalc import load_model

fleet = {
    "tiers.web.servers": 20,
    "tiers.cache.servers": 2,
    "tiers.database.servers": 3,
    "tiers.database.shards": 1,
}
users = np.arange(30e6, 50e6, 0.05e6)
answer = load_model("web").set({"users": users, **fleet}).estimate()
p99 = answer.operations["read"].p99_s
good = int(np.sum(p99 <= 0.200))

for i in (0, good // 2, good - 5, good - 1, good):
    busy = ", ".join(f"{name} {tier.utilisation[i]:.1%}" for name, tier in answer.tiers.items())
    said = f"{p99[i] * 1e3:.0f} ms" if np.isfinite(p99[i]) else "no end"
    print(f"{users[i] / 1e6:5.2f}M users: read p99 {said:>6}, busy {busy}")
print(
    f"Up to {users[good - 1] / 1e6:.2f}M users; 160 workers wait for nobody until they are nearly all busy."
)
