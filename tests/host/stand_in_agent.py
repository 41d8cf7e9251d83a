"""A stand-in for the agent: does what its `behaviour` file says, and shows what it was told.

Written to `<data dir>/seen.json`: environment, address of eth0, cgroups. `behaviour`: `run` (until
SIGTERM, with a child that stands for a container), or `exit N`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

if sys.argv[1:2] == ["purge"]:
    sys.exit(0)

data = Path(os.environ["ECS_DATADIR"])
behaviour = data / "behaviour"
words = behaviour.read_text().split() if behaviour.exists() else ["run"]
starts = data / "starts"
with starts.open("a") as file:
    file.write(f"{os.getpid()}\n")
if words[0] == "exit":
    sys.exit(int(words[1]))
if not (data / "container").exists():
    container = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    (data / "container").write_text(str(container.pid))
seen = {
    "environment": dict(os.environ),
    "addresses": subprocess.run(
        ["ip", "-j", "address"], capture_output=True, text=True, check=True
    ).stdout,
    "cgroups": Path("/proc/self/cgroup").read_text(),
}
(data / "seen.new").write_text(json.dumps(seen))
(data / "seen.new").rename(data / "seen.json")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("stand-in agent runs", flush=True)
while True:
    time.sleep(1000)
