"""The program on a machine that lends itself as EC2 capacity: instances as network namespaces."""
