"""What does a photo service cost a month, which line is largest, and what would nearly halve it?

Assumed (models/photo-sharing.toml): 20M photos and 5e9 views a day, kept for five years; list prices with
their dates.
"""

from capcalc import load_model

system = load_model("photo-sharing")
cost = system.estimate().cost

print(f"${cost.usd_per_month / 1e6:.2f}M a month, list prices of {cost.dates[0]} to {cost.dates[1]}")
for part, usd in sorted(cost.parts.items(), key=lambda item: -item[1])[:5]:
    print(f"  {part:<9} {usd / cost.usd_per_month:6.1%}  ${usd / 1e3:,.0f}k")

less = system.set({"tiers.photos.keep": "2 years"}).estimate().cost.usd_per_month
print(f"Kept for two years and not five: ${less / 1e6:.2f}M a month, {less / cost.usd_per_month - 1:+.0%}")
