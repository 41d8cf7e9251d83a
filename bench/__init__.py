"""The benchmarks: how fast Roadstead is, each figure beside a peer measured in the same run."""
