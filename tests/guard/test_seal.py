import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from hub.core.bus import Bus
from hub.core.errors import SealError
from hub.core.events import WorkerReady
from hub.guard.seal_report import seal_report
from hub.guard.sealing import seal as seal_module
from hub.guard.worker_host import WorkerHost
from tests.guard.conftest import Start

pytestmark = pytest.mark.sealed
REFUSED = {"EPERM", "EACCES", "ENOSYS", "EISCONN"}


async def facts(worker: WorkerHost[Any], count: int) -> dict[str, str]:
    found: dict[str, str] = {}
    async with asyncio.timeout(60):
        async for answer in worker.messages():
            if isinstance(answer, dict):
                found |= answer["found"]
            if len(found) >= count:
                break
    return found


async def test_threat_37_no_way_out_of_a_sealed_worker(host: Start, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the household's")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = {"hub": os.getpid(), "secret": str(secret), "port": listener.getsockname()[1]}
        worker = await host("escapes", config)
        found = await facts(worker, 52)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert len(found) == 52
    landlock = worker.status.landlock
    reading = {"read a secret", "read passwords", "hub's environment", "list homes"}
    harmless = {"core dump"}  # looked at, not tried
    name_service = {"dns"}  # its library reports failures of its own
    for way, outcome in found.items():
        if way in harmless:
            assert outcome == "went through", way
        elif way in name_service:
            assert outcome != "went through", way
        elif way not in reading or landlock:
            assert outcome in REFUSED, f"{way}: {outcome}"
    assert secret.read_text() == "the household's"
    assert [p.name for p in tmp_path.iterdir()] == ["secret.txt"]


async def test_what_a_worker_needs_still_works(host: Start) -> None:
    found = await facts(await host("works"), 8)
    assert set(found.values()) == {"went through"}, found


async def test_native_recognisers_run_sealed(host: Start, tmp_path: Path) -> None:
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [64, 64]) for n in "xy")
    ones = helper.make_tensor("w", TensorProto.FLOAT, [64, 64], np.ones((64, 64), np.float32).tobytes(), raw=True)
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], [ones])
    model = tmp_path / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), model)
    worker = await host("native", {"model": str(model)}, readable=(model,))
    found = await facts(worker, 4)
    assert float(found["onnxruntime"]) == 64 * 64 * 64 * 2
    assert (found["pocketsphinx"], found["pysilero"]) == ("ran", "ran")
    assert int(found["threads"]) > 1


async def test_where_sealing_fails_the_worker_does_not_run(host: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.guard.worker_process._BOOT", UNSEALABLE)
    with pytest.raises(SealError, match="no filter today"):
        await host("echo")


async def test_the_household_can_insist(host: Start, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.guard.worker_process._BOOT", UNSEALABLE)
    ready: list[WorkerReady] = []
    bus.subscribe(WorkerReady, ready.append)
    worker = await host("echo", allow_unsealed=True)
    assert not worker.status.sealed
    assert [e.sealed for e in ready] == [False]


UNSEALABLE = """
import sys
sys.path.insert(0, sys.argv[1])
from hub.core.errors import SealError
from hub.guard import worker_main
from hub.guard.sealing import seccomp
def refuse(*_):
    raise SealError("no filter today")
seccomp.install = refuse
sys.exit(worker_main.main(int(sys.argv[2]), int(sys.argv[3])))
"""


async def test_the_report_tries_it_for_real(host: Start) -> None:
    status = await seal_report()
    assert status.sealed
    assert status.landlock or status.trouble


def test_other_systems_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_module, "this_architecture", lambda: None)
    with pytest.raises(SealError, match="Linux"):
        seal_module.seal()


def test_a_process_with_threads_is_not_sealed_half() -> None:
    program = """
import threading, time
from hub.guard.sealing.seal import seal
threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
seal()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "SealError: threads run already" in ran.stderr


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
async def test_the_kernel_sees_no_network_call_succeed(
    host: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    wrapper = tmp_path / "traced-python"
    calls = "socket,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,execve,fork,vfork,clone,clone3,seccomp"
    wrapper.write_text(f"""#!/bin/sh\nexec strace -f -qq -o {trace} -e trace={calls} {sys.executable} "$@"\n""")
    wrapper.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(wrapper))
    worker = await host("escapes", {"hub": os.getpid(), "secret": str(tmp_path / "s"), "port": 9})
    await facts(worker, 52)
    await worker.stop()
    lines = trace.read_text().splitlines()
    sealed = next(n for n, line in enumerate(lines) if "seccomp(SECCOMP_SET_MODE_FILTER" in line)
    made = [found for line in lines[sealed + 1 :] if (found := re.match(r"\d+ +(\w+)\((.*)\) += (-?\d+)", line))]
    refused = [call for call in made if int(call[3]) < 0]
    # Its own socket pair has no address; a thread is a clone too.
    through = [call[0] for call in made if int(call[3]) >= 0]
    through = [c for c in through if not re.search(r"NULL, 0\) += |CLONE_THREAD", c)]
    assert len(refused) > 15
    assert through == []
