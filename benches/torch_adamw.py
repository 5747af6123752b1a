"""torch's fused AdamW and its copy, on the GPU that benches/cuda.rs has just measured: one line for each.

It may not be called as anything that torch imports, such as `cuda`: a script's folder hides what is installed."""

import sys

try:
    import torch
except ImportError:
    sys.exit("torch: not installed")
if not torch.cuda.is_available():
    sys.exit("torch: finds no GPU")


def fastest(work, rounds=12, repeats=20):
    """Seconds of one call, of the fastest round."""
    best = float("inf")
    for _ in range(rounds):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(repeats):
            work()
        end.record()
        end.synchronize()
        best = min(best, begin.elapsed_time(end) / 1e3 / repeats)
    return best


for millions in map(float, sys.argv[1:] or ["1", "10", "100"]):
    n = int(millions * 1e6)
    p = torch.nn.Parameter(torch.randn(n, device="cuda"))
    p.grad = torch.randn(n, device="cuda")
    optimizer = torch.optim.AdamW([p], lr=1e-3, fused=True)
    optimizer.step()
    other = torch.empty_like(p.data)
    for name, bytes_, work in [
        ("torch copy", 8, lambda: other.copy_(p.data)),
        ("torch fused AdamW", 28, optimizer.step),
    ]:
        seconds = fastest(work)
        print(f"{name:<26} {n:>12} {seconds * 1e6:>12.1f} us {bytes_ * n / seconds / 1e9:>10.0f} GB/s")
