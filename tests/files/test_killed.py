"""Killed while saving: the file that is there afterwards is always a whole one."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import cnnbuilder as cb

KILLS = 40
VALUES = 400_000

# A process that has everything imported; for each line it forks one that saves over and over until it is killed.
SAVER = """
import os, sys
import numpy as np
import cnnbuilder as cb
import cnnbuilder.files.safetensors
path = sys.argv[1]
design = cb.load(path)
saved = [(design.with_params("a", filters=n), {"a.weight": np.full(VALUES, n, np.float32)}) for n in (1, 2)]
contents = {}
for design, weights in saved:
    cb.save(design, path, weights)
    contents[id(design)] = open(path, "rb").read()

def write_in_place(path, content):
    with open(path, "wb") as file:
        for at in range(0, len(content), 65536):
            file.write(content[at:at + 65536])

for line in sys.stdin:
    child = os.fork()
    if not child:
        while True:
            for design, weights in saved:
                SAVE
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
ATOMIC = "cb.save(design, path, weights)"
IN_PLACE = "write_in_place(path, contents[id(design)])"


def damage(tmp_path, save):
    """How many of KILLS kills left a file that is not one of the two that were saved."""
    path = tmp_path / "a.cnn"
    design = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": [{"id": "a", "kind": "conv"}]})
    cb.save(design.with_params("a", filters=1), path, {"a.weight": np.full(VALUES, 1.0)})
    code = SAVER.replace("SAVE", save).replace("VALUES", str(VALUES))
    chance = random.Random(0)
    damaged = 0
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as saver:
        for _ in range(KILLS):
            print(file=saver.stdin, flush=True)
            child = int(saver.stdout.readline())
            time.sleep(chance.uniform(0.0, 0.06))
            os.kill(child, signal.SIGKILL)
            assert saver.stdout.readline() == "gone\n"
            try:
                filters = cb.load(path).blocks["a"].params["filters"]
                values = cb.load_weights(path)["a.weight"]
                damaged += not (filters in (1, 2) and len(values) == VALUES and (values == filters).all())
            except cb.DesignFileError:
                damaged += 1
    return damaged


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills as POSIX does")
def test_a_kill_while_saving_leaves_the_old_file_or_the_new_one(tmp_path):
    assert damage(tmp_path, ATOMIC) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills as POSIX does")
def test_the_kills_above_would_damage_a_file_that_is_written_in_place(tmp_path):
    assert damage(tmp_path, IN_PLACE) > 0
