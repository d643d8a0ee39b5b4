"""30M users: how many read replicas does a database need behind a cache that answers 80%?

Assumed: 18 reads and 2 writes a user a day, peak 3 x the mean, 1 ms a read and 2 ms a write on 8 cores,
70% busy at most, one copy may be lost, no shards. Every copy applies every write; only the reads are
spread.
"""

from capcalc import load_model

system = load_model("web").set({"users": "30M", "tiers.database.shards": 1, "tiers.database.copies": 1})

for hit_ratio in (0.95, 0.9, 0.8, 0.7):
    database = system.set(hit_ratio=hit_ratio).estimate().tiers["database"]
    reads, writes = database.reads_peak_rps, database.writes_peak_rps
    line = f"hit ratio {hit_ratio:.0%}: {reads:,.0f} reads/s + {writes:,.0f} writes/s at the peak"
    print(f"{line} -> primary + {database.copies - 1:.0f} replicas, {database.utilisation:.0%} busy")

print("By hand at 80%: writes keep 2,083 x 2 ms = 4.17 of the 5.6 cores that may be busy in every copy;")
print("3,750 x 1 ms of reads / 1.43 left = 2.6 -> 3 copies, and one that may be lost.")
