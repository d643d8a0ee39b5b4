"""1M users a day, 90% of their requests are reads: how many requests a second, and how many machines of
each kind?

Assumed: 20 requests a user a day, the peak is 3 x the mean, a request takes 5 ms of a core, a cache
answers 90% of the reads, no server is busy more than 70%, one of each may be lost. All of it stands in
models/web.toml.
"""

from capcalc import load_model

answer = load_model("web").set(users="1M", read_ratio="90%").estimate()

print(f"requests  {answer.mean_rps:.0f}/s mean, {answer.peak_rps:.0f}/s peak")
for name, tier in answer.tiers.items():
    busy, lost = tier.utilisation, tier.utilisation_one_lost
    print(f"{name:<9} {tier.servers:.0f} servers, {busy:.1%} busy at the peak, {lost:.1%} with one lost")
for name, operation in answer.operations.items():
    print(f"{name:<9} p50 {operation.p50_s * 1e3:.0f} ms, p99 {operation.p99_s * 1e3:.0f} ms for the user")
print("In every tier a single machine would do; the second is there to be lost, the third copy by habit.")
