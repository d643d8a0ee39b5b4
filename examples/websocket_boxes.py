"""40M users hold a connection: how many WebSocket boxes, and what decides?

Assumed (models/chat.toml): 20 kB a connection, a heartbeat every 30 s, 40 messages a user a day, 50 us of
a core a frame, servers of 8 vCPU and 32 GiB; at most so many connections a server as one dares to lose at
once.
"""

import numpy as np

from capcalc import load_model

most = np.array([50e3, 100e3, 250e3, 500e3, 1e6, 2e6])
gateway = load_model("chat").set({"tiers.gateway.connections": most}).estimate().tiers["gateway"]

print(f"{gateway.connections / 1e6:.0f}M connections, {gateway.peak_rps / 1e6:.2f}M frames/s at the peak")
needs = {name: np.broadcast_to(n, most.shape) for name, n in gateway.needs.items()}
for i, limit in enumerate(most):
    asked = {name: n[i] for name, n in needs.items()}
    decides = max(asked, key=asked.get)
    servers = f"{gateway.servers[i]:3.0f} servers, one of them to lose"
    print(f"at most {limit / 1e3:5,.0f}k each: {servers}, decided by {decides}")
print("Beyond a million each nothing is gained: then memory decides.")
