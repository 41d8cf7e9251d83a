"""The task engine: what an agent does with its tasks, as a pure state machine.

`Engine.handle(stimulus, now)` takes one stimulus and returns instructions; the program around it
runs them and feeds back what came of it. Nothing here waits, opens or reads a clock.
"""
