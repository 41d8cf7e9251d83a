"""What must hold after every commit, by noun: a law looks at a commit, tells what is wrong."""
