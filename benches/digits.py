"""The digits job of digits.rs in PyTorch: MLP 64-128-10, AdamW(fused=True) lr 1e-3, batch 64, 30 epochs, with an
evaluation after every epoch. Needs torch and numpy. Usage: python benches/digits.py [threads]"""

import gzip
import pathlib
import sys
import time

import numpy as np
import torch
from torch import nn

if len(sys.argv) > 1:
    torch.set_num_threads(int(sys.argv[1]))

path = pathlib.Path(__file__).parent.parent / "examples" / "data" / "digits.csv.gz"
with gzip.open(path, "rt") as file:
    table = np.loadtxt(file, delimiter=",", dtype=np.float32)
order = np.random.default_rng(0).permutation(len(table))
x = torch.tensor(table[order, :64] / 16)
y = torch.tensor(table[order, 64], dtype=torch.int64)
x_train, y_train, x_test, y_test = x[:1437], y[:1437], x[1437:], y[1437:]


def run(seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    loss_of = nn.CrossEntropyLoss()
    begin = time.perf_counter()
    for _ in range(30):
        for batch in torch.randperm(1437).split(64):
            optimizer.zero_grad()
            loss = loss_of(model(x_train[batch]), y_train[batch])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            accuracy = (model(x_test).argmax(1) == y_test).float().mean().item()
    return time.perf_counter() - begin, accuracy


runs = [run(seed) for seed in range(5)]
best = min(wall for wall, _ in runs)
print(f"torch {torch.__version__}, {torch.get_num_threads()} threads: 30 epochs {best:.4f} s, "
      f"test accuracy {np.mean([a for _, a in runs]):.4f}")
