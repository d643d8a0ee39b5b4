"""We move the images to a CDN: how many servers go away, how many bytes, how much money?

Assumed: 20M users look at 50 images of 100 kB a day, peak 3 x the mean; an origin server takes 2 ms of a
core and sends at most 70% of the 391 MB/s that its network carries; the CDN answers 95%. List prices.
"""

from capcalc import load_text

SYSTEM = """
[workload]
users = "20M"

[operations.image]
per_user = "50/day"
response = "100 kB"
route    = [{edge}"origin", "files"]

[tiers.origin]
kind         = "service"
service_time = "2 ms"

[tiers.files]
kind = "objects"
"""
EDGE = '\n[tiers.edge]\nkind = "edge"\nhit_ratio = "95%"\n'

for title, text in (("without", SYSTEM.format(edge="")), ("with", SYSTEM.format(edge='"edge", ') + EDGE)):
    answer = load_text(text).estimate()
    origin, image, usd = answer.tiers["origin"], answer.operations["image"], answer.cost.usd_per_month
    rate = f"{origin.peak_rps:6,.0f}/s, {origin.out_bytes_per_s * 8 / 1e9:4.1f} Gbit/s at the origin"
    fleet = f"{origin.servers:2.0f} servers ({origin.decides} decides)"
    print(f"{title:>7}: {rate}, {fleet}, p50 {image.p50_s * 1e3:3.0f} ms, ${usd / 1e3:,.0f}k a month")
