"""What holds for every test."""

from hypothesis import settings

# A busy machine is no defect: no test fails for the time that it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
