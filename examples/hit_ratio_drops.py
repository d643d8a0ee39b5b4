"""The hit ratio drops from 95% to 80%: what does the database see, and what gives out first?

Assumed: 100M users of models/web.toml, a fleet sized for 95% and then left as it is.
"""

from capcalc import load_model

system = load_model("web").set(users="100M", hit_ratio=0.95)
sized = system.estimate()
fleet = {f"tiers.{name}.servers": tier.servers for name, tier in sized.tiers.items()}
fleet["tiers.database.shards"] = sized.tiers["database"].shards

for hit_ratio in (0.95, 0.9, 0.85, 0.8):
    answer = system.set(fleet).set(hit_ratio=hit_ratio).estimate()
    database, read = answer.tiers["database"], answer.operations["read"]
    busy = f"{database.utilisation:.0%} busy, {database.utilisation_one_lost:.0%} with one lost"
    first = f"{answer.limit.tier} gives out first, at {answer.limit.multiple:.2f} x the load"
    print(f"hit ratio {hit_ratio:.0%}: {database.reads_peak_rps:6,.0f} reads/s, database {busy};")
    print(f"               read p99 {read.p99_s * 1e3:.0f} ms; {first}")
print("The hit ratio fell by a sixth, the database reads four times as much: what counts is the misses.")
