"""How many shards does the table of a URL shortener need, by its bytes and by its writes, and which
decides?

Assumed (models/url-shortener.toml): rows of 500 B for 5 years, x 1.3 for indexes, 15 TB of disk a server,
75% full; 4 ms a write (60 ms: with a dozen indexes) on 24 cores, 70% busy at most; three copies.
"""

from capcalc import load_model

system = load_model("url-shortener")
disk, cores = 15e12 * 0.75, 24 * 0.70

for links, write_ms in ((1, 4), (10, 4), (100, 4), (100, 40), (100, 60)):
    load = {"operations.shorten.per_user": f"{links}/day", "operations.follow.per_user": "0/day"}
    answer = system.set({**load, "tiers.links.write_time": f"{write_ms} ms"}).estimate()
    table = answer.tiers["links"]
    by_bytes = table.stored_bytes / 3 / disk
    by_writes = table.writes_peak_rps * write_ms / 1e3 / cores
    print(
        f"{answer.mean_rps:6,.0f} links/s of {write_ms:2} ms: {table.stored_bytes / 1e12:7,.1f} TB"
        f" -> {by_bytes:6.2f} by bytes, {by_writes:6.2f} by writes"
        f" -> {table.shards:3,.0f} shards x {table.copies:.0f}, {table.decides} decides"
    )
