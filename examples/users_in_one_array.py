"""1K to 1B users in one table: where does the design change?

Assumed: models/web.toml; every scenario goes through the same formulas in one call.
"""

import numpy as np

from capcalc import load_model

users = np.geomspace(1e3, 1e9, 7)
answer = load_model("web").set(users=users).estimate()
web, cache, database = (answer.tiers[name] for name in ("web", "cache", "database"))
read = answer.operations["read"]

print("        users   peak/s    web  cache  shards x copies   read p99")
for i, count in enumerate(users):
    print(
        f"{count:13,.0f}{answer.peak_rps[i]:9,.0f}{web.servers[i]:7,.0f}{cache.servers[i]:7,.0f}"
        f"{database.shards[i]:9,.0f} x {database.copies[i]:.0f}{read.p99_s[i] * 1e3:12.0f} ms"
    )
one = users[np.argmax(database.shards > 1)]
print(f"Up to 1M users two servers of a kind do; at {one:,.0f} the database is cut into shards.")
